package import ApusGraph

/// Every second pixel into channels, then a convolution: the stem before YOLOv5 v6.0.
///
/// The four parts lie in the order (even row, even column), (odd, even), (even, odd), (odd, odd).
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
    var parts: [ValueID] = []
    for (row, column) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
      parts.append(
        try network.everySecondPixel(
          of: inputs[0], fromRow: row, column: column, name: "\(path).slice\(row)\(column)"))
    }
    let stacked = try network.concatenate(parts, name: "\(path).concat")
    return try block.build(in: &network, from: stacked, path: "\(path).conv")
  }
}
