package import ApusGraph

/// Path aggregation by concatenation, with ghost blocks and levels beyond the backbone's: `GhostPAN`.
///
/// As upstream's nanodet/model/fpn/ghost_pan.py (RangiLyu/nanodet) with one block at each place, which is all that
/// runs there.
package struct GhostPAN: FeatureStage {
  /// The channels of each map that comes in.
  package var inputChannels: [Int]
  /// The channels of every map that comes out.
  package var channels: Int
  /// The side of the depthwise kernels, but for those inside of ghost modules.
  package var kernel = 5
  /// Levels of twice, four times … the coarsest stride.
  package var extraLevels = 1

  package var outputChannels: [Int] {
    Array(repeating: channels, count: inputChannels.count + extraLevels)
  }

  static let activation = Activation.leakyRelu(0.1)

  /// A neck of the given channels, as NanoDet-Plus has it.
  package init(_ inputChannels: [Int], channels: Int) {
    self.inputChannels = inputChannels
    self.channels = channels
  }

  /// Reads the sizes; nil where the tensors are of another neck.
  package init?(state: WeightState, path: String) throws(FamilyError) {
    guard state.has("\(path).reduce_layers.0.conv") else { return nil }
    inputChannels = []
    channels = 0
    for level in 0..<state.count(below: "\(path).reduce_layers") {
      let sizes = try state.sizes("\(path).reduce_layers.\(level).conv.weight", rank: 4)
      inputChannels.append(sizes[1])
      channels = sizes[0]
    }
    kernel = try state.sizes("\(path).downsamples.0.depthwise.weight", rank: 4)[2]
    extraLevels = state.count(below: "\(path).extra_lvl_in_conv")
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> [ValueID] {
    try checkCount(of: inputs, equals: inputChannels, path: path)
    var reduced: [ValueID] = []
    for (level, input) in inputs.enumerated() {
      let block = ConvolutionBlock.module(
        Convolution(inputChannels[level], channels), activation: Self.activation)
      reduced.append(
        try block.build(in: &network, from: input, path: "\(path).reduce_layers.\(level)"))
    }
    var maps = reduced
    let last = maps.count - 1
    for (index, level) in (0..<last).reversed().enumerated() {
      let name = "\(path).top_down_blocks.\(index)"
      let enlarged = try network.interpolate(maps[level + 1], factor: 2, name: "\(name).resize")
      maps[level] = try merge([enlarged, maps[level]], in: &network, name: name)
    }
    for level in 0..<last {
      let name = "\(path).bottom_up_blocks.\(level)"
      let smaller = try step.build(
        in: &network, from: maps[level], path: "\(path).downsamples.\(level)")
      maps[level + 1] = try merge([smaller, maps[level + 1]], in: &network, name: name)
    }
    for level in 0..<extraLevels {
      let before = try step.build(
        in: &network, from: reduced[last], path: "\(path).extra_lvl_in_conv.\(level)")
      let after = try step.build(
        in: &network, from: maps[maps.count - 1], path: "\(path).extra_lvl_out_conv.\(level)")
      maps.append(try network.add(before, after, name: "\(path).extra\(level)"))
    }
    return maps
  }

  /// The convolution of stride 2 between levels.
  private var step: DepthwiseBlock {
    DepthwiseBlock(channels, channels, kernel: kernel, stride: 2, activation: Self.activation)
  }

  private func merge(
    _ values: [ValueID], in network: inout NetworkBuilder, name: String
  ) throws(FamilyError) -> ValueID {
    let both = try network.concatenate(values, name: "\(name).concat")
    return try GhostUnit(2 * channels, channels, kernel: kernel)
      .build(in: &network, from: both, path: "\(name).blocks.0")
  }
}

/// Half the channels by a convolution, the other half from these by a depthwise one of 3x3: `GhostModule`.
private struct GhostModule: Block {
  let primary: Chain
  let cheap: Chain

  init(_ inputChannels: Int, _ outputChannels: Int, activation: Activation) {
    let half = (outputChannels + 1) / 2
    let norm = Normalisation.standard(half)
    primary = Chain([Convolution(inputChannels, half), norm, activation])
    cheap = Chain([Convolution(half, half, kernel: 3, groups: half), norm, activation])
  }

  func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let half = try primary.build(in: &network, from: inputs, path: "\(path).primary_conv")
    let rest = try cheap.build(in: &network, from: half, path: "\(path).cheap_operation")
    return try network.concatenate([half, rest], name: "\(path).concat")
  }
}

/// Two ghost modules and a convolved shortcut, added: GhostNet's `GhostBottleneck` of stride 1.
private struct GhostUnit: Block {
  let first: GhostModule
  let second: GhostModule
  let shortcut: Chain

  init(_ inputChannels: Int, _ outputChannels: Int, kernel: Int) {
    first = GhostModule(inputChannels, outputChannels, activation: GhostPAN.activation)
    second = GhostModule(outputChannels, outputChannels, activation: .identity)
    shortcut = Chain([
      Convolution(inputChannels, inputChannels, kernel: kernel, groups: inputChannels),
      Normalisation.standard(inputChannels), Convolution(inputChannels, outputChannels),
      Normalisation.standard(outputChannels),
    ])
  }

  func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let wide = try first.build(in: &network, from: inputs, path: "\(path).ghost1")
    let through = try second.build(in: &network, from: wide, path: "\(path).ghost2")
    let past = try shortcut.build(in: &network, from: inputs, path: "\(path).shortcut")
    return try network.add(through, past, name: "\(path).add")
  }
}
