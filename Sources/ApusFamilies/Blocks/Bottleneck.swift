package import ApusGraph

/// Two convolutions, with the input added where `addsInput`: `Bottleneck` and `CrossConv`.
package struct Bottleneck: RecordedBlock {
  package static let classNames = ["Bottleneck", "CrossConv"]

  package var first: ConvolutionBlock
  package var second: ConvolutionBlock
  package var addsInput: Bool

  /// 1x1 or another kernel to `expansion` of the channels, then 3x3; the input is added where the channels allow
  /// it.
  package init(
    _ inputChannels: Int, _ outputChannels: Int, firstKernel: Int = 1, shortcut: Bool = true,
    expansion: Double = 0.5
  ) {
    let hidden = Int(Double(outputChannels) * expansion)
    first = ConvolutionBlock(Convolution(inputChannels, hidden, kernel: firstKernel))
    second = ConvolutionBlock(Convolution(hidden, outputChannels, kernel: 3))
    addsInput = shortcut && inputChannels == outputChannels
  }

  package init(_ module: RecordedModule) throws(FamilyError) {
    first = try ConvolutionBlock(try module.child("cv1"))
    second = try ConvolutionBlock(try module.child("cv2"))
    addsInput = try module.flag("add")
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let hidden = try first.build(in: &network, from: inputs, path: "\(path).cv1")
    let value = try second.build(in: &network, from: hidden, path: "\(path).cv2")
    guard addsInput else { return value }
    return try network.add(inputs[0], value, name: "\(path).add")
  }
}
