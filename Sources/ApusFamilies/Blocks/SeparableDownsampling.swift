package import ApusGraph

/// Channels changed by a 1x1 convolution, then pixels thinned out by a depthwise one: `SCDown`.
package struct SeparableDownsampling: RecordedBlock {
  package static let classNames = ["SCDown"]

  package var pointwise: ConvolutionBlock
  package var depthwise: ConvolutionBlock

  /// Only the first convolution is followed by an activation.
  package init(_ inputChannels: Int, _ outputChannels: Int, kernel: Int = 3, stride: Int = 2) {
    pointwise = ConvolutionBlock(Convolution(inputChannels, outputChannels))
    depthwise = ConvolutionBlock(
      Convolution(
        outputChannels, outputChannels, kernel: kernel, stride: stride, groups: outputChannels),
      activation: .identity)
  }

  package init(_ module: RecordedModule) throws(FamilyError) {
    pointwise = try ConvolutionBlock(try module.child("cv1"))
    depthwise = try ConvolutionBlock(try module.child("cv2"))
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let value = try pointwise.build(in: &network, from: inputs, path: "\(path).cv1")
    return try depthwise.build(in: &network, from: value, path: "\(path).cv2")
  }
}
