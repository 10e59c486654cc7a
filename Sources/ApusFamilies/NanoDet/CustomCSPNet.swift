package import ApusGraph

// nanodet/model/backbone/custom_csp.py of RangiLyu/nanodet.

/// The backbone of NanoDet-g, for processors with much arithmetic and little bandwidth: `CustomCspNet`.
///
/// Only 3x3 convolutions, in blocks that pass part of the channels by. The last three stages give the maps of strides
/// 8, 16 and 32.
package struct CustomCSPNet: FeatureStage {
  /// One entry of upstream's `net_cfg`.
  package enum Stage: Sendable, Hashable {
    /// A convolution with normalisation and activation.
    case convolution(Int, Int, kernel: Int, stride: Int)
    /// The largest number under a window.
    case pool(kernel: Int, stride: Int)
    /// A block, which gives twice the channels it reads.
    case block(Int, count: Int, kernel: Int, stride: Int)

    /// The channels that come out; nil where they are those that come in.
    var channels: Int? {
      switch self {
      case .convolution(_, let output, _, _): output
      case .pool: nil
      case .block(let input, _, _, _): 2 * input
      }
    }
  }

  /// The stages in order.
  package var stages: [Stage]

  /// The number of maps, the outputs of as many last stages.
  private static let mapCount = 3
  /// The stages before all blocks, of stride 2 each.
  private static let stemCount = 2

  package var outputChannels: [Int] { stages.suffix(Self.mapCount).map { $0.channels ?? 0 } }

  /// The backbone of NanoDet-g.
  package static let g = CustomCSPNet([
    .convolution(3, 32, kernel: 3, stride: 2), .pool(kernel: 3, stride: 2),
    .block(32, count: 1, kernel: 3, stride: 1), .block(64, count: 2, kernel: 3, stride: 2),
    .block(128, count: 2, kernel: 3, stride: 2), .block(256, count: 3, kernel: 3, stride: 2),
  ])

  /// The given stages; the last three must be blocks.
  package init(_ stages: [Stage]) { self.stages = stages }

  /// Reads the sizes; nil where the tensors are of another backbone.
  ///
  /// Strides and pools have no tensors. As in NanoDet-g, convolutions, pools and the last three blocks are taken
  /// to have stride 2, the blocks before them stride 1, and a stage without tensors to be a 3x3 pool.
  package init?(state: WeightState, path: String) throws(FamilyError) {
    let path = "\(path).stages"
    guard state.has("\(path).0.conv") else { return nil }
    let found = state.count(below: path)
    stages = []
    // No more stages than these can lack tensors, whatever numbers the names have.
    for index in 0..<(found + Self.stemCount) {
      let stage = "\(path).\(index)"
      if state.has("\(stage).conv") {
        let sizes = try state.sizes("\(stage).conv.weight", rank: 4)
        stages.append(.convolution(sizes[1], sizes[0], kernel: sizes[2], stride: 2))
      } else if state.has("\(stage).in_conv") {
        let sizes = try state.sizes("\(stage).in_conv.conv.weight", rank: 4)
        guard sizes[0] % 2 == 0 else {
          throw FamilyError(
            .weights, at: stage, "reads \(sizes[0]) channels, expected an even number")
        }
        stages.append(
          .block(
            sizes[0], count: state.count(below: "\(stage).res_blocks"), kernel: sizes[2],
            stride: 1))
      } else {
        stages.append(.pool(kernel: 3, stride: 2))
      }
    }
    while case .pool? = stages.last { stages.removeLast() }
    let stem = stages.prefix { if case .block = $0 { false } else { true } }.count
    guard stem == Self.stemCount, stages.count >= stem + Self.mapCount else {
      throw FamilyError(
        .weights, at: path,
        "has \(stem) stages before \(stages.count - stem) blocks, expected \(Self.stemCount), of stride "
          + "2 each, before at least \(Self.mapCount)")
    }
    for index in stages.indices.suffix(Self.mapCount) {
      guard case .block(let channels, let count, let kernel, _) = stages[index] else {
        throw FamilyError(
          .weights, at: "\(path).\(index)", "is no block, as the last stages must be")
      }
      stages[index] = .block(channels, count: count, kernel: kernel, stride: 2)
    }
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> [ValueID] {
    var value = inputs[0]
    var outputs: [ValueID] = []
    for (index, stage) in stages.enumerated() {
      let block: any Block =
        switch stage {
        case .convolution(let input, let output, let kernel, let stride):
          Self.convolution(input, output, kernel: kernel, stride: stride)
        case .pool(let kernel, let stride): MaximumPool(kernel: kernel, stride: stride)
        case .block(let input, let count, let kernel, let stride):
          PartialResidual(input, count: count, kernel: kernel, stride: stride)
        }
      value = try block.build(in: &network, from: value, path: "\(path).stages.\(index)")
      outputs.append(value)
    }
    return outputs.suffix(Self.mapCount)
  }

  static func convolution(
    _ input: Int, _ output: Int, kernel: Int, stride: Int = 1
  ) -> ConvolutionBlock {
    .module(
      Convolution(input, output, kernel: kernel, stride: stride), activation: .leakyRelu(0.1))
  }
}

/// A convolution, and what further ones make of it beside it: `CspBlock`.
package struct PartialResidual: Block {
  private var entry: ConvolutionBlock
  private var inner: Chain
  private var exit: ConvolutionBlock

  /// A block that reads `channels` and gives twice as many.
  ///
  /// - Parameter count: the number of small blocks inside.
  package init(_ channels: Int, count: Int, kernel: Int, stride: Int) {
    entry = CustomCSPNet.convolution(channels, channels, kernel: kernel, stride: stride)
    inner = Chain((0..<count).map { _ in ConcatenatedPair(channels, kernel: kernel) })
    exit = CustomCSPNet.convolution(channels, channels, kernel: kernel)
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let first = try entry.build(in: &network, from: inputs, path: "\(path).in_conv")
    let deep = try inner.build(in: &network, from: first, path: "\(path).res_blocks")
    let last = try exit.build(in: &network, from: deep, path: "\(path).res_out_conv")
    return try network.concatenate([last, first], name: "\(path).concat")
  }
}

/// Two convolutions of half the channels, side by side: `TinyResBlock` in its form `concat`.
private struct ConcatenatedPair: Block {
  private var first: ConvolutionBlock
  private var second: ConvolutionBlock

  init(_ channels: Int, kernel: Int) {
    first = CustomCSPNet.convolution(channels, channels / 2, kernel: kernel)
    second = CustomCSPNet.convolution(channels / 2, channels / 2, kernel: kernel)
  }

  func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let near = try first.build(in: &network, from: inputs, path: "\(path).in_conv")
    let far = try second.build(in: &network, from: near, path: "\(path).mid_conv")
    return try network.concatenate([far, near], name: "\(path).concat")
  }
}
