package import ApusGraph

/// A stage that hands on both halves of its channels and the output of every block of its body: `C2f`, `C2fCIB`.
///
/// With `a` and `y₀` the halves of `cv1(x)` and `yᵢ = mᵢ(yᵢ₋₁)`: `cv2(concat(a, y₀, y₁, y₂, …))`.
package struct CrossStageSplit: RecordedBlock {
  package static let classNames = ["C2f", "C2fCIB"]

  package var entry: ConvolutionBlock
  package var exit: ConvolutionBlock
  package var body: [any Block]

  /// A stage of `count` equal blocks, made for half of the output channels.
  package init(
    _ inputChannels: Int, _ outputChannels: Int, count: Int, block: (_ channels: Int) -> any Block
  ) {
    let half = outputChannels / 2
    entry = ConvolutionBlock(Convolution(inputChannels, 2 * half))
    exit = ConvolutionBlock(Convolution((2 + count) * half, outputChannels))
    body = (0..<count).map { _ in block(half) }
  }

  package init(_ module: RecordedModule) throws(FamilyError) {
    entry = try ConvolutionBlock(try module.child("cv1"))
    exit = try ConvolutionBlock(try module.child("cv2"))
    body = []
    for child in try module.child("m").children() { body.append(try BlockCatalogue.block(child)) }
    let half = try module.integer("c")
    guard entry.convolution.outputChannels == 2 * half else {
      throw module.bad(
        "'cv1' makes \(entry.convolution.outputChannels) channels, expected 2 · 'c' = \(2 * half)")
    }
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let inner = try entry.build(in: &network, from: inputs, path: "\(path).cv1")
    let half = entry.convolution.outputChannels / 2
    var parts = try network.split(inner, axis: 1, sizes: [half, half], name: "\(path).split")
    for (index, block) in body.enumerated() {
      parts.append(
        try block.build(in: &network, from: parts[parts.count - 1], path: "\(path).m.\(index)"))
    }
    let all = try network.concatenate(parts, name: "\(path).concat")
    return try exit.build(in: &network, from: all, path: "\(path).cv2")
  }
}
