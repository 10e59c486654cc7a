package import ApusGraph

/// Every second pixel into channels, then a convolution: the stem before YOLOv5 v6.0.
///
/// The slices stay slices; a pass folds them into one 6x6 convolution.
package struct Focus: RecordedBlock {
  package static let classNames = ["Focus"]

  package var block: ConvolutionBlock

  package init(_ module: RecordedModule) throws(FamilyError) {
    block = try ConvolutionBlock(try module.child("conv"))
  }

  package var inputChannels: Int? { block.convolution.inputChannels / 4 }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let stacked = try network.pixelsIntoChannels(inputs[0], path: path)
    return try block.build(in: &network, from: stacked, path: "\(path).conv")
  }
}
