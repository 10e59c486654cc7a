package import ApusGraph

// "ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design", Ma and others, 2018, table 5; as
// nanodet/model/backbone/shufflenetv2.py of RangiLyu/nanodet has it, without the last convolution.

/// The backbone of NanoDet-m and NanoDet-Plus: `ShuffleNetV2`.
///
/// A 3x3 convolution and a pool, of stride 2 each; then three stages, the first unit of each of stride 2, whose
/// outputs are the maps of strides 8, 16 and 32.
package struct ShuffleNetV2: FeatureStage {
  /// Units of one size.
  package struct Stage: Sendable, Hashable {
    /// The channels that come out.
    package var channels: Int
    /// The number of units.
    package var count: Int
  }

  /// The channels of the first convolution.
  package var stemChannels: Int
  /// The stages of strides 8, 16 and 32.
  package var stages: [Stage]

  package var outputChannels: [Int] { stages.map(\.channels) }

  /// A published size: 48, 96, 192 channels for 0.5x; 116, 232, 464 for 1.0x; 176, 352, 704 for 1.5x.
  package init(channels: [Int]) {
    stemChannels = 24
    stages = zip(channels, [4, 8, 4]).map { Stage(channels: $0, count: $1) }
  }

  /// Reads the sizes; nil where the tensors are of another backbone.
  package init?(state: WeightState, path: String) throws(FamilyError) {
    guard state.has("\(path).stage2.0.branch2") else { return nil }
    stemChannels = try state.sizes("\(path).conv1.0.weight", rank: 4)[0]
    stages = []
    for index in 2...4 {
      let stage = "\(path).stage\(index)"
      let half = try state.sizes("\(stage).0.branch2.0.weight", rank: 4)[0]
      stages.append(Stage(channels: 2 * half, count: state.count(below: stage)))
    }
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> [ValueID] {
    let stem = Chain([
      Self.convolution(3, stemChannels, kernel: 3, stride: 2), Self.normalisation(stemChannels),
      Self.activation,
    ])
    var value = try stem.build(in: &network, from: inputs, path: "\(path).conv1")
    value = try network.pool(
      value, as: MaximumPool(kernel: 3, stride: 2), name: "\(path).maxpool")
    var maps: [ValueID] = []
    var channels = stemChannels
    for (number, stage) in stages.enumerated() {
      for index in 0..<stage.count {
        let unit = ShuffleUnit(channels, stage.channels, stride: index == 0 ? 2 : 1)
        value = try unit.build(
          in: &network, from: value, path: "\(path).stage\(number + 2).\(index)")
        channels = stage.channels
      }
      maps.append(value)
    }
    return maps
  }

  static let activation = Activation.leakyRelu(0.1)

  /// A convolution without bias; a new one is drawn from a normal distribution of deviation 1 / fan-in channels.
  static func convolution(
    _ input: Int, _ output: Int, kernel: Int = 1, stride: Int = 1, groups: Int = 1
  ) -> Convolution {
    var convolution = Convolution(input, output, kernel: kernel, stride: stride, groups: groups)
    convolution.initialWeight = .normal(deviation: Float(groups) / Float(input))
    return convolution
  }

  /// A normalisation, with the shift of a new one as upstream sets it.
  static func normalisation(_ channels: Int) -> Normalisation {
    var normalisation = Normalisation.standard(channels)
    normalisation.initialShift = .constant(0.0001)
    return normalisation
  }
}

/// The unit of ShuffleNet V2: half of the channels convolved, all of them shuffled.
///
/// With stride 1 the first half of the channels passes unchanged; with stride 2 both halves are convolved from
/// all channels.
package struct ShuffleUnit: Block {
  /// What passes beside the main branch; nil for the first half of the input.
  private var side: Chain?
  private var main: Chain
  /// Half of the channels that come out.
  private var half: Int

  /// A unit of the given channels; those of stride 1 have as many outputs as inputs.
  package init(_ inputChannels: Int, _ outputChannels: Int, stride: Int) {
    let half = outputChannels / 2
    self.half = half
    let act = ShuffleNetV2.activation
    func depthwise(_ channels: Int) -> Convolution {
      ShuffleNetV2.convolution(channels, channels, kernel: 3, stride: stride, groups: channels)
    }
    main = Chain([
      ShuffleNetV2.convolution(stride > 1 ? inputChannels : half, half),
      ShuffleNetV2.normalisation(half), act,
      depthwise(half), ShuffleNetV2.normalisation(half),
      ShuffleNetV2.convolution(half, half), ShuffleNetV2.normalisation(half), act,
    ])
    guard stride > 1 else { return }
    side = Chain([
      depthwise(inputChannels), ShuffleNetV2.normalisation(inputChannels),
      ShuffleNetV2.convolution(inputChannels, half), ShuffleNetV2.normalisation(half), act,
    ])
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let past: ValueID
    let through: ValueID
    if let side {
      past = try side.build(in: &network, from: inputs, path: "\(path).branch1")
      through = inputs[0]
    } else {
      let halves = try network.split(
        inputs[0], axis: 1, sizes: [half, half], name: "\(path).split")
      (past, through) = (halves[0], halves[1])
    }
    let convolved = try main.build(in: &network, from: through, path: "\(path).branch2")
    let both = try network.concatenate([past, convolved], name: "\(path).concat")
    return try network.shuffleChannels(both, groups: 2, name: "\(path).shuffle")
  }
}
