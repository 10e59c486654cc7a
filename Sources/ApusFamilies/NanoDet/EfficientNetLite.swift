package import ApusGraph

// "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", Tan and Le, 2019, table 1, without
// squeeze and excitation and with ReLU6; nanodet/model/backbone/efficientnet_lite.py of RangiLyu/nanodet.

/// The backbone of NanoDet-EfficientNet-Lite: `EfficientNetLite`.
///
/// Stages 2, 4 and 6 give the maps of strides 8, 16 and 32. Upstream drops blocks at random in training (stochastic
/// depth); that is not part of the graph.
package struct EfficientNetLite: FeatureStage {
  /// Blocks of one size.
  package struct Stage: Sendable, Hashable {
    /// The channels that come out.
    package var channels: Int
    /// The number of blocks.
    package var count: Int
    /// The side of the depthwise kernels.
    package var kernel: Int
    /// The stride of the first block.
    package var stride: Int
    /// The multiple of channels inside of a block.
    package var expansion: Int
  }

  /// The channels of the first convolution.
  package var stemChannels: Int
  /// The stages in order.
  package var stages: [Stage]

  package var outputChannels: [Int] { Self.levels.map { stages[$0].channels } }

  private static let levels = [2, 4, 6]

  /// The stages of size 0: channels, blocks, kernel, stride, expansion.
  private static let table = [
    Stage(channels: 16, count: 1, kernel: 3, stride: 1, expansion: 1),
    Stage(channels: 24, count: 2, kernel: 3, stride: 2, expansion: 6),
    Stage(channels: 40, count: 2, kernel: 5, stride: 2, expansion: 6),  // stride 8
    Stage(channels: 80, count: 3, kernel: 3, stride: 2, expansion: 6),
    Stage(channels: 112, count: 3, kernel: 5, stride: 1, expansion: 6),  // stride 16
    Stage(channels: 192, count: 4, kernel: 5, stride: 2, expansion: 6),
    Stage(channels: 320, count: 1, kernel: 3, stride: 1, expansion: 6),  // stride 32
  ]

  /// A published size: width and depth are multiples of 1 and 1 for Lite0, 1 and 1.1 for Lite1, 1.1 and 1.2 for
  /// Lite2; the first and the last stage keep their one block.
  package init(width: Double, depth: Double) {
    stemChannels = 32
    stages = Self.table
    for index in stages.indices {
      stages[index].channels = Self.rounded(stages[index].channels, times: width)
      if stages[index].count > 1 {
        stages[index].count = Int((Double(stages[index].count) * depth).rounded(.up))
      }
    }
  }

  /// The nearest multiple of 8, but the next one where it is more than a tenth below.
  private static func rounded(_ channels: Int, times width: Double) -> Int {
    let wanted = Double(channels) * width
    let near = max(8, Int(wanted + 4) / 8 * 8)
    return Double(near) < 0.9 * wanted ? near + 8 : near
  }

  /// Reads the sizes; nil where the tensors are of another backbone.
  package init?(state: WeightState, path: String) throws(FamilyError) {
    guard state.has("\(path).blocks.0.0._depthwise_conv") else { return nil }
    stemChannels = try state.sizes("\(path).stem.0.weight", rank: 4)[0]
    stages = Self.table
    var input = stemChannels
    for index in stages.indices {
      let first = "\(path).blocks.\(index).0"
      let depthwise = try state.sizes("\(first)._depthwise_conv.weight", rank: 4)
      stages[index].channels = try state.sizes("\(first)._project_conv.weight", rank: 4)[0]
      stages[index].count = state.count(below: "\(path).blocks.\(index)")
      stages[index].kernel = depthwise[2]
      stages[index].expansion =
        state.has("\(first)._expand_conv") ? max(depthwise[0] / input, 2) : 1
      input = stages[index].channels
    }
  }

  static let activation = Activation.relu6

  static func normalisation(_ channels: Int) -> Normalisation {
    Normalisation(channels, epsilon: 1e-3, momentum: 0.01)
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> [ValueID] {
    var first = Convolution(3, stemChannels, kernel: 3, stride: 2)
    first.initialWeight = .kaiming(first)
    let stem = Chain([first, Self.normalisation(stemChannels), Self.activation])
    var value = try stem.build(in: &network, from: inputs, path: "\(path).stem")
    var channels = stemChannels
    var maps: [ValueID] = []
    for (index, stage) in stages.enumerated() {
      for place in 0..<stage.count {
        var one = stage
        if place > 0 { one.stride = 1 }
        value = try InvertedBlock(channels, one)
          .build(in: &network, from: value, path: "\(path).blocks.\(index).\(place)")
        channels = stage.channels
      }
      if Self.levels.contains(index) { maps.append(value) }
    }
    return maps
  }
}

/// Channels widened, convolved each for itself, and narrowed, with the input added where sizes stay: `MBConvBlock`.
private struct InvertedBlock: Block {
  /// Convolutions with their names and those of their normalisations; all but the last are activated.
  let layers: [(name: String, norm: String, convolution: Convolution)]
  let addsInput: Bool

  init(_ inputChannels: Int, _ stage: EfficientNetLite.Stage) {
    let inner = inputChannels * stage.expansion
    var layers = [
      ("_expand_conv", "_bn0", Convolution(inputChannels, inner)),
      (
        "_depthwise_conv", "_bn1",
        Convolution(inner, inner, kernel: stage.kernel, stride: stage.stride, groups: inner)
      ),
      ("_project_conv", "_bn2", Convolution(inner, stage.channels)),
    ]
    if stage.expansion == 1 { layers.removeFirst() }
    for index in layers.indices { layers[index].2.initialWeight = .kaiming(layers[index].2) }
    self.layers = layers
    addsInput = stage.stride == 1 && inputChannels == stage.channels
  }

  func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    var value = inputs[0]
    for (index, layer) in layers.enumerated() {
      value = try layer.convolution.build(in: &network, from: value, path: "\(path).\(layer.name)")
      value = try EfficientNetLite.normalisation(layer.convolution.outputChannels)
        .build(in: &network, from: value, path: "\(path).\(layer.norm)")
      if index < layers.count - 1 {
        value = try network.activate(
          value, with: EfficientNetLite.activation, name: "\(path).\(layer.name).act")
      }
    }
    return addsInput ? try network.add(value, inputs[0], name: "\(path).add") : value
  }
}
