package import ApusGraph

// nanodet/model/fpn/tan.py of RangiLyu/nanodet.

/// Attention across the map of stride 16, into which the others are brought: `TAN`, the neck of NanoDet-t.
///
/// Positions are told apart by a trained number for each of them, so the neck works for pictures of one size alone.
package struct TAN: FeatureStage {
  /// The channels of each map that comes in: strides 8, 16 and 32.
  package var inputChannels: [Int]
  /// The channels of every map that comes out.
  package var channels: Int
  /// Height and width of the map of stride 16; even.
  package var side: Int
  /// The number of encoders, one after another.
  package var encoderCount: Int
  /// The channels inside the small network of each encoder.
  package var hiddenChannels: Int

  /// The number of heads of NanoDet-t, which no tensor tells.
  private static let headCount = 8
  private static let activation = Activation.leakyRelu(0.1)

  package var outputChannels: [Int] { inputChannels.map { _ in channels } }
  package var onlySide: Int? { 16 * side }

  /// A neck with one encoder, whose small network has four times the channels, for pictures of `16 * side` pixels.
  package init(_ inputChannels: [Int], channels: Int, side: Int) {
    self.inputChannels = inputChannels
    self.channels = channels
    self.side = side
    encoderCount = 1
    hiddenChannels = 4 * channels
  }

  /// Reads the sizes; nil where the tensors are of another neck.
  package init?(state: WeightState, path: String) throws(FamilyError) {
    let positions = "\(path).pos_embed"
    guard state.has(positions) else { return nil }
    let sizes = try state.sizes(positions, rank: 3)
    (side, channels) = (Int(Double(sizes[0]).squareRoot()), sizes[2])
    guard side * side == sizes[0], side % 2 == 0 else {
      throw FamilyError(
        .weights, at: positions,
        "is of \(sizes[0]) positions, expected the square of an even number: height and width are taken to be "
          + "the same")
    }
    guard channels % Self.headCount == 0 else {
      throw FamilyError(
        .weights, at: positions,
        "is of \(channels) channels, expected a multiple of \(Self.headCount), the number of heads")
    }
    inputChannels = []
    for level in 0..<state.count(below: "\(path).lateral_convs") {
      inputChannels.append(
        try state.sizes("\(path).lateral_convs.\(level).conv.weight", rank: 4)[1])
    }
    let encoders = "\(path).transformer.encoders"
    encoderCount = state.count(below: encoders)
    hiddenChannels = try state.sizes("\(encoders).0.mlp.fc1.weight", rank: 2)[0]
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> [ValueID] {
    try check(inputs, in: network, path: path)
    let position = try network.weight(
      "\(path).pos_embed", shape: [side * side, 1, channels], initial: .normal(deviation: 0.02))
    var laterals: [ValueID] = []
    for (level, input) in inputs.enumerated() {
      let block = ConvolutionBlock.module(
        Convolution(inputChannels[level], channels), activation: Self.activation,
        initial: Self.initial)
      laterals.append(
        try block.build(in: &network, from: input, path: "\(path).lateral_convs.\(level)"))
    }
    let reduced = try network.interpolate(laterals[0], factor: 0.5, name: "\(path).reduced")
    let enlarged = try network.interpolate(laterals[2], factor: 2, name: "\(path).enlarged")
    let all = try network.concatenate([reduced, laterals[1], enlarged], name: "\(path).concat")
    let mixed = try transform(all, position: position, in: &network, path: path)
    let fine = try network.interpolate(mixed, factor: 2, name: "\(path).fine")
    let coarse = try network.interpolate(mixed, factor: 0.5, name: "\(path).coarse")
    var maps: [ValueID] = []
    for (level, added) in [fine, mixed, coarse].enumerated() {
      maps.append(try network.add(laterals[level], added, name: "\(path).out\(level)"))
    }
    return maps
  }

  /// Upstream's `normal_init(m, 0.01)`: the number is the mean, the deviation stays 1.
  private static let initial = Initialisation.normal(mean: 0.01, deviation: 1)

  /// Makes tokens of pixels, lets them attend to each other, and makes pixels of them again.
  private func transform(
    _ input: ValueID, position: ValueID, in network: inout NetworkBuilder, path: String
  ) throws(FamilyError) -> ValueID {
    let path = "\(path).transformer"
    var reduction = Convolution(3 * channels, channels, hasBias: true)
    reduction.initialWeight = Self.initial
    reduction.initialBias = .constant(0)
    var value = try reduction.build(in: &network, from: input, path: "\(path).conv.conv")
    value = try network.activate(value, with: .relu, name: "\(path).conv.act")
    // Upstream makes this layer and never uses it.
    network.declare("\(path).linear.weight", shape: [channels, channels], role: .parameter)
    network.declare("\(path).linear.bias", shape: [channels], role: .parameter)
    value = try network.reshape(value, to: [0, channels, side * side], name: "\(path).columns")
    value = try network.transpose(value, order: [0, 2, 1], name: "\(path).tokens")
    let places = try network.transpose(position, order: [1, 0, 2], name: "\(path).positions")
    value = try network.add(value, places, name: "\(path).placed")
    for index in 0..<encoderCount {
      let encoder = TransformerEncoder(
        channels: channels, headCount: Self.headCount, hiddenChannels: hiddenChannels,
        activation: Self.activation)
      value = try encoder.build(in: &network, from: value, path: "\(path).encoders.\(index)")
    }
    value = try network.transpose(value, order: [0, 2, 1], name: "\(path).rows")
    return try network.reshape(value, to: [0, channels, side, side], name: "\(path).map")
  }

  /// Makes sure that the maps are three and of the only sizes the neck is for.
  private func check(
    _ inputs: [ValueID], in network: NetworkBuilder, path: String
  ) throws(FamilyError) {
    try checkCount(of: inputs, equals: inputChannels, path: path)
    guard inputs.count == 3 else {
      throw FamilyError(.graph, at: path, "reads \(inputs.count) maps, expected 3")
    }
    for (input, side) in zip(inputs, [2 * side, side, side / 2]) {
      let fact = network.graph[input].fact
      guard let sizes = fact.shape, sizes.count == 4, sizes[2] == .fixed(side),
        sizes[3] == .fixed(side)
      else {
        throw FamilyError(
          .graph, at: path,
          "has a position embedding for pictures of \(16 * self.side)x\(16 * self.side) pixels alone, but a map "
            + "is \(fact) where \(side)x\(side) is expected; choose that size")
      }
    }
  }
}
