package import ApusGraph

/// The backbone of NanoDet-g, made for graphics processors: `CustomCspNet`.
///
/// A 3x3 convolution and a pool, of stride 2 each; then cross-stage blocks, all but the first of stride 2, whose
/// outputs but that of the first are the maps (nanodet/model/backbone/custom_csp.py of RangiLyu/nanodet, with the
/// stages of its nanodet-g.yml).
package struct CustomCspNet: FeatureStage {
  /// The channels of the first convolution.
  package var stemChannels: Int
  /// The number of residual blocks of each cross-stage block; each of these doubles the channels.
  package var counts: [Int]

  static let activation = Activation.leakyRelu(0.1)

  package var outputChannels: [Int] { counts.indices.dropFirst().map { stemChannels << ($0 + 1) } }

  /// NanoDet-g's.
  package init() {
    stemChannels = 32
    counts = [1, 2, 2, 3]
  }

  /// Reads the sizes; nil where the tensors are of another backbone.
  package init?(state: WeightState, path: String) throws(FamilyError) {
    guard state.has("\(path).stages.2.res_blocks") else { return nil }
    stemChannels = try state.sizes("\(path).stages.0.conv.weight", rank: 4)[0]
    // Of the modules in the list only the pool has no tensors.
    let stages = state.count(below: "\(path).stages") - 1
    guard (2...8).contains(stages), stemChannels % 2 == 0 else {
      throw FamilyError(
        .weights, at: "\(path).stages",
        "has \(stages) cross-stage blocks from \(stemChannels) channels, expected 2 to 8 from an even "
          + "number")
    }
    counts = (0..<stages).map { state.count(below: "\(path).stages.\($0 + 2).res_blocks") }
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> [ValueID] {
    let stem = ConvolutionBlock.module(
      Convolution(3, stemChannels, kernel: 3, stride: 2), activation: Self.activation)
    var value = try stem.build(in: &network, from: inputs, path: "\(path).stages.0")
    value = try network.pool(
      value, as: MaximumPool(kernel: 3, stride: 2), name: "\(path).stages.1")
    var maps: [ValueID] = []
    for (index, count) in counts.enumerated() {
      let block = CspBlock(stemChannels << index, count: count, stride: index == 0 ? 1 : 2)
      value = try block.build(in: &network, from: value, path: "\(path).stages.\(index + 2)")
      maps.append(value)
    }
    return Array(maps.dropFirst())
  }
}

/// A 3x3 convolution, and beside its output what residual blocks make of it: `CspBlock`; twice the channels.
private struct CspBlock: Block {
  let entry: ConvolutionBlock
  let body: Chain
  let exit: ConvolutionBlock

  init(_ channels: Int, count: Int, stride: Int) {
    entry = .module(
      Convolution(channels, channels, kernel: 3, stride: stride),
      activation: CustomCspNet.activation)
    body = Chain((0..<count).map { _ in HalvingBlock(channels) })
    exit = .module(
      Convolution(channels, channels, kernel: 3), activation: CustomCspNet.activation)
  }

  func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let first = try entry.build(in: &network, from: inputs, path: "\(path).in_conv")
    let through = try body.build(in: &network, from: first, path: "\(path).res_blocks")
    let last = try exit.build(in: &network, from: through, path: "\(path).res_out_conv")
    return try network.concatenate([last, first], name: "\(path).concat")
  }
}

/// A 3x3 convolution to half the channels and another one after it, side by side: `TinyResBlock`.
private struct HalvingBlock: Block {
  let first: ConvolutionBlock
  let second: ConvolutionBlock

  init(_ channels: Int) {
    let half = channels / 2
    first = .module(
      Convolution(channels, half, kernel: 3), activation: CustomCspNet.activation)
    second = .module(Convolution(half, half, kernel: 3), activation: CustomCspNet.activation)
  }

  func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let half = try first.build(in: &network, from: inputs, path: "\(path).in_conv")
    let rest = try second.build(in: &network, from: half, path: "\(path).mid_conv")
    return try network.concatenate([rest, half], name: "\(path).concat")
  }
}
