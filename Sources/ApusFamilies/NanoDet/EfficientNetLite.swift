package import ApusGraph

// EfficientNet-Lite (Google, 2020), as nanodet/model/backbone/efficientnet_lite.py of RangiLyu/nanodet has it.

/// Inverted residuals with ReLU6, without squeeze and excitation: `EfficientNetLite`.
///
/// A 3x3 convolution of stride 2, then seven stages; the maps of strides 8, 16 and 32 are the outputs of the
/// third, fifth and seventh. Upstream's training leaves out residual branches at random (`drop_connect`); that is
/// not built, the training form keeps every branch.
package struct EfficientNetLite: FeatureStage {
  /// Blocks of one size; the first of them has the stage's stride.
  package struct Stage: Sendable, Hashable {
    /// The channels that come out.
    package var channels: Int
    /// The number of blocks.
    package var count: Int
    /// The side of the depthwise kernels.
    package var kernel: Int
    /// The channels inside of a block for each that comes in.
    package var expansion: Int
  }

  /// The channels of the first convolution.
  package var stemChannels: Int
  /// The seven stages.
  package var stages: [Stage]

  /// The strides of the stages, which no tensor tells.
  private static let strides = [1, 2, 2, 2, 1, 2, 1]
  /// The stages whose outputs are the maps.
  private static let mapStages = [2, 4, 6]

  package var outputChannels: [Int] { Self.mapStages.map { stages[$0].channels } }

  /// The network of 1.0 times the width and 1.0 times the depth.
  package static let lite0 = EfficientNetLite(width: 1, depth: 1)
  /// The network of 1.0 times the width and 1.1 times the depth.
  package static let lite1 = EfficientNetLite(width: 1, depth: 1.1)
  /// The network of 1.1 times the width and 1.2 times the depth.
  package static let lite2 = EfficientNetLite(width: 1.1, depth: 1.2)

  /// The stages of EfficientNet-B0.
  private static let base = [
    Stage(channels: 16, count: 1, kernel: 3, expansion: 1),
    Stage(channels: 24, count: 2, kernel: 3, expansion: 6),
    Stage(channels: 40, count: 2, kernel: 5, expansion: 6),
    Stage(channels: 80, count: 3, kernel: 3, expansion: 6),
    Stage(channels: 112, count: 3, kernel: 5, expansion: 6),
    Stage(channels: 192, count: 4, kernel: 5, expansion: 6),
    Stage(channels: 320, count: 1, kernel: 3, expansion: 6),
  ]

  /// A network of a width and depth; the first convolution and the counts of the outer stages stay.
  package init(width: Double, depth: Double) {
    stemChannels = 32
    stages = Self.base
    for index in stages.indices {
      stages[index].channels = Self.channels(Double(stages[index].channels) * width)
      guard index > 0, index < stages.count - 1 else { continue }
      stages[index].count = Int((Double(stages[index].count) * depth).rounded(.up))
    }
  }

  /// The nearest multiple of 8, but not less than nine tenths.
  private static func channels(_ wanted: Double) -> Int {
    let rounded = max(8, Int(wanted + 4) / 8 * 8)
    return Double(rounded) < 0.9 * wanted ? rounded + 8 : rounded
  }

  /// Reads the sizes; nil where the tensors are of another backbone.
  package init?(state: WeightState, path: String) throws(FamilyError) {
    guard state.has("\(path).blocks.0.0._project_conv") else { return nil }
    stemChannels = try state.sizes("\(path).stem.0.weight", rank: 4)[0]
    stages = []
    let count = state.count(below: "\(path).blocks")
    guard count == Self.strides.count else {
      throw FamilyError(
        .weights, at: "\(path).blocks", "has \(count) stages, expected \(Self.strides.count)")
    }
    for index in 0..<count {
      let stage = "\(path).blocks.\(index)"
      let depthwise = try state.sizes("\(stage).0._depthwise_conv.weight", rank: 4)
      var expansion = 1
      if state.has("\(stage).0._expand_conv") {
        let sizes = try state.sizes("\(stage).0._expand_conv.weight", rank: 4)
        expansion = max(sizes[0] / sizes[1], 1)
      }
      stages.append(
        Stage(
          channels: try state.sizes("\(stage).0._project_conv.weight", rank: 4)[0],
          count: state.count(below: stage), kernel: depthwise[2], expansion: expansion))
    }
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> [ValueID] {
    let stem = Chain([
      Self.convolution(3, stemChannels, kernel: 3, stride: 2), Self.normalisation(stemChannels),
      Activation.relu6,
    ])
    var value = try stem.build(in: &network, from: inputs, path: "\(path).stem")
    var channels = stemChannels
    var maps: [ValueID] = []
    for (number, stage) in stages.enumerated() {
      for index in 0..<stage.count {
        let block = InvertedResidual(
          channels, stage.channels, kernel: stage.kernel,
          stride: index == 0 ? Self.strides[number] : 1, expansion: stage.expansion)
        value = try block.build(
          in: &network, from: value, path: "\(path).blocks.\(number).\(index)")
        channels = stage.channels
      }
      if Self.mapStages.contains(number) { maps.append(value) }
    }
    return maps
  }

  /// A convolution without bias.
  static func convolution(
    _ input: Int, _ output: Int, kernel: Int = 1, stride: Int = 1, groups: Int = 1
  ) -> Convolution {
    var convolution = Convolution(input, output, kernel: kernel, stride: stride, groups: groups)
    convolution.initialWeight = .kaiming(convolution)
    return convolution
  }

  /// A normalisation with the constants of EfficientNet.
  static func normalisation(_ channels: Int) -> Normalisation {
    Normalisation(channels, epsilon: 1e-3, momentum: 0.01)
  }
}

/// Channels spread by a pointwise convolution, convolved each for itself, and drawn together: `MBConvBlock`.
///
/// The input is added where the sizes allow it; there is no activation after the last convolution.
package struct InvertedResidual: Block {
  private var steps: [(convolution: Convolution, name: String, norm: String)]
  private var adds: Bool

  /// A block of the given channels; without the first convolution where `expansion` is 1.
  package init(
    _ inputChannels: Int, _ outputChannels: Int, kernel: Int, stride: Int, expansion: Int
  ) {
    let inner = inputChannels * expansion
    adds = stride == 1 && inputChannels == outputChannels
    steps = [
      (
        EfficientNetLite.convolution(inner, inner, kernel: kernel, stride: stride, groups: inner),
        "_depthwise_conv", "_bn1"
      ),
      (EfficientNetLite.convolution(inner, outputChannels), "_project_conv", "_bn2"),
    ]
    guard expansion > 1 else { return }
    steps.insert(
      (EfficientNetLite.convolution(inputChannels, inner), "_expand_conv", "_bn0"), at: 0)
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    var value = inputs[0]
    for (index, step) in steps.enumerated() {
      value = try step.convolution.build(in: &network, from: value, path: "\(path).\(step.name)")
      value = try EfficientNetLite.normalisation(step.convolution.outputChannels)
        .build(in: &network, from: value, path: "\(path).\(step.norm)")
      guard index < steps.count - 1 else { break }
      value = try network.activate(value, with: .relu6, name: "\(path).\(step.norm).act")
    }
    return adds ? try network.add(value, inputs[0], name: "\(path).add") : value
  }
}
