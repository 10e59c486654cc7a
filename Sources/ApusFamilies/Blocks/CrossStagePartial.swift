package import ApusGraph

/// A stage that sends half of its channels past its body: `C3` and its variants.
///
/// `cv3(concat(body(cv1(x)), cv2(x)))`. The variants differ in the body alone.
package struct CrossStagePartial: RecordedBlock {
  package static let classNames = ["C3", "C3SPP", "C3Ghost", "C3x", "C3TR"]

  package var entry: ConvolutionBlock
  package var bypass: ConvolutionBlock
  package var exit: ConvolutionBlock
  package var body: any Block

  /// A stage of `count` bottlenecks that keep their width.
  package init(
    _ inputChannels: Int, _ outputChannels: Int, count: Int, shortcut: Bool = true,
    expansion: Double = 0.5
  ) {
    let hidden = Int(Double(outputChannels) * expansion)
    entry = ConvolutionBlock(Convolution(inputChannels, hidden))
    bypass = ConvolutionBlock(Convolution(inputChannels, hidden))
    exit = ConvolutionBlock(Convolution(2 * hidden, outputChannels))
    body = Chain(
      (0..<count).map { _ in Bottleneck(hidden, hidden, shortcut: shortcut, expansion: 1) })
  }

  package init(_ module: RecordedModule) throws(FamilyError) {
    entry = try ConvolutionBlock(try module.child("cv1"))
    bypass = try ConvolutionBlock(try module.child("cv2"))
    exit = try ConvolutionBlock(try module.child("cv3"))
    body = try BlockCatalogue.block(try module.child("m"))
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let inner = try entry.build(in: &network, from: inputs, path: "\(path).cv1")
    let through = try body.build(in: &network, from: inner, path: "\(path).m")
    let past = try bypass.build(in: &network, from: inputs, path: "\(path).cv2")
    let both = try network.concatenate([through, past], name: "\(path).concat")
    return try exit.build(in: &network, from: both, path: "\(path).cv3")
  }
}
