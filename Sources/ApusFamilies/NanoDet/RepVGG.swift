package import ApusGraph

// "RepVGG: Making VGG-style ConvNets Great Again", Ding and others, 2021; as nanodet/model/backbone/repvgg.py and
// RepVGGConvModule of nanodet/model/module/conv.py of RangiLyu/nanodet have it.

/// 3x3 convolutions with ReLU one after another, trained with parallel branches: `RepVGG`.
///
/// A block of stride 2, then four stages, the first block of each of stride 2; the outputs of the last three are
/// the maps of strides 8, 16 and 32.
package struct RepVGG: FeatureStage {
  /// A block: channels that come out and groups of its convolutions.
  package struct Layer: Sendable, Hashable {
    /// The channels that come out.
    package var channels: Int
    /// The groups of channels that are convolved for themselves.
    package var groups = 1
  }

  /// The channels of the first block.
  package var stemChannels: Int
  /// The blocks of the four stages.
  package var stages: [[Layer]]
  /// Whether every block is the one convolution that its branches merge into: upstream's `deploy`.
  package var isDeployed = false

  /// The number of stages, each of stride 2.
  private static let stageCount = 4

  package var outputChannels: [Int] {
    stages.dropFirst().map { $0.last?.channels ?? stemChannels }
  }

  /// RepVGG-A0 with 512 channels in the last stage, upstream's `last_channel`, instead of 1280.
  package static let a0 = RepVGG(channels: [48, 96, 192, 512], counts: [2, 4, 14, 1])

  /// A network without groups, of the given channels and numbers of blocks for each of the four stages.
  package init(channels: [Int], counts: [Int]) {
    stages = zip(channels, counts).map { [Layer](repeating: Layer(channels: $0), count: $1) }
    stemChannels = min(64, channels.first ?? 64)
  }

  /// Reads the sizes; nil where the tensors are of another backbone.
  package init?(state: WeightState, path: String) throws(FamilyError) {
    isDeployed = state.has("\(path).stage0.rbr_reparam")
    guard isDeployed || state.has("\(path).stage0.rbr_dense") else { return nil }
    let name = isDeployed ? "rbr_reparam.weight" : "rbr_dense.0.weight"
    stemChannels = try state.sizes("\(path).stage0.\(name)", rank: 4)[0]
    stages = []
    var channels = stemChannels
    for number in 1...Self.stageCount {
      let stage = "\(path).stage\(number)"
      var layers: [Layer] = []
      for index in 0..<max(state.count(below: stage), 1) {
        let weight = "\(stage).\(index).\(name)"
        let sizes = try state.sizes(weight, rank: 4)
        guard channels % sizes[1] == 0, sizes[0] % (channels / sizes[1]) == 0 else {
          throw FamilyError(
            .weights, at: weight,
            "is \(sizes): \(channels) channels do not divide into groups of \(sizes[1])")
        }
        layers.append(Layer(channels: sizes[0], groups: channels / sizes[1]))
        channels = sizes[0]
      }
      stages.append(layers)
    }
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> [ValueID] {
    var block = ParallelConvolutions(3, stemChannels, stride: 2, isDeployed: isDeployed)
    var value = try block.build(in: &network, from: inputs, path: "\(path).stage0")
    var channels = stemChannels
    var maps: [ValueID] = []
    for (number, layers) in stages.enumerated() {
      for (index, layer) in layers.enumerated() {
        block = ParallelConvolutions(
          channels, layer.channels, stride: index == 0 ? 2 : 1, groups: layer.groups,
          isDeployed: isDeployed)
        value = try block.build(
          in: &network, from: value, path: "\(path).stage\(number + 1).\(index)")
        channels = layer.channels
      }
      if number > 0 { maps.append(value) }
    }
    return maps
  }
}

/// The sum of a 3x3 convolution, a 1x1 convolution and the input, each normalised, and ReLU: `RepVGGConvModule`.
///
/// The input is a branch only where the sizes allow it. Deployed, it is one 3x3 convolution with bias.
package struct ParallelConvolutions: Block {
  private var dense: Convolution
  private var pointwise: Convolution
  private var hasIdentity: Bool
  private var isDeployed: Bool

  /// A block of the given channels.
  package init(
    _ inputChannels: Int, _ outputChannels: Int, stride: Int, groups: Int = 1, isDeployed: Bool
  ) {
    dense = Convolution(
      inputChannels, outputChannels, kernel: 3, stride: stride, groups: groups,
      hasBias: isDeployed)
    pointwise = Convolution(inputChannels, outputChannels, stride: stride, groups: groups)
    hasIdentity = stride == 1 && inputChannels == outputChannels
    self.isDeployed = isDeployed
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    guard !isDeployed else {
      let value = try dense.build(in: &network, from: inputs, path: "\(path).rbr_reparam")
      return try network.activate(value, with: .relu, name: "\(path).act")
    }
    let norm = Normalisation.standard(dense.outputChannels)
    let wide = try Chain([dense, norm])
      .build(in: &network, from: inputs, path: "\(path).rbr_dense")
    let narrow = try Chain([pointwise, norm])
      .build(in: &network, from: inputs, path: "\(path).rbr_1x1")
    var sum = try network.add(wide, narrow, name: "\(path).add")
    if hasIdentity {
      let same = try norm.build(in: &network, from: inputs, path: "\(path).rbr_identity")
      sum = try network.add(sum, same, name: "\(path).add_identity")
    }
    return try network.activate(sum, with: .relu, name: "\(path).act")
  }
}
