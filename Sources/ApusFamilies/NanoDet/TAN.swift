package import ApusGraph

/// Attention over the map of the middle level, added to all: the neck of NanoDet-t, `TAN`.
///
/// The position of every cell has its own trained numbers, so that the neck takes pictures of one size alone; heads
/// are always 8 (nanodet/model/fpn/tan.py of RangiLyu/nanodet). Upstream drops numbers at random in training;
/// that is not part of the graph.
package struct TAN: FeatureStage {
  /// The channels of each map that comes in.
  package var inputChannels: [Int]
  /// The channels of every map that comes out.
  package var channels: Int
  /// Height and width of the middle map.
  package var side: Int
  /// The number of encoders, one after another.
  package var depth = 1
  /// The channels inside of an encoder's perceptron.
  package var hiddenChannels: Int

  package var outputChannels: [Int] { inputChannels.map { _ in channels } }
  package var onlySide: Int? { 16 * side }

  private static let activation = Activation.leakyRelu(0.1)

  /// A neck of the given channels for a middle map of the given side.
  package init(_ inputChannels: [Int], channels: Int, side: Int) {
    self.inputChannels = inputChannels
    self.channels = channels
    self.side = side
    hiddenChannels = 4 * channels
  }

  /// Reads the sizes; nil where the tensors are of another neck.
  package init?(state: WeightState, path: String) throws(FamilyError) {
    guard state.has("\(path).transformer") else { return nil }
    let positions = try state.sizes("\(path).pos_embed", rank: 3)
    channels = positions[2]
    side = Int(Double(positions[0]).squareRoot().rounded())
    guard side * side == positions[0], side <= 64, channels % Attention.heads == 0 else {
      throw FamilyError(
        .weights, at: "\(path).pos_embed",
        "is \(positions), expected a square of at most 64x64 positions and channels divisible by "
          + "\(Attention.heads)")
    }
    inputChannels = []
    for level in 0..<3 {
      inputChannels.append(
        try state.sizes("\(path).lateral_convs.\(level).conv.weight", rank: 4)[1])
    }
    let encoders = "\(path).transformer.encoders"
    depth = state.count(below: encoders)
    hiddenChannels = try state.sizes("\(encoders).0.mlp.fc1.bias", rank: 1)[0]
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> [ValueID] {
    try checkCount(of: inputs, equals: inputChannels, path: path)
    let positions = try network.weight(
      "\(path).pos_embed", shape: [side * side, 1, channels], initial: .linear)
    var maps: [ValueID] = []
    for (level, input) in inputs.enumerated() {
      let block = ConvolutionBlock.module(
        Convolution(inputChannels[level], channels), activation: Self.activation, initial: .head)
      maps.append(
        try block.build(in: &network, from: input, path: "\(path).lateral_convs.\(level)"))
    }
    let found = network.graph[maps[1]].fact.shape.map { Array($0.dropFirst(2)) }
    guard found == [.fixed(side), .fixed(side)] else {
      throw FamilyError(
        .graph, at: path,
        "this network takes pictures of \(16 * side)x\(16 * side) pixels alone; give that as the size"
      )
    }
    let sized = [
      try network.interpolate(maps[0], factor: 0.5, name: "\(path).finer"), maps[1],
      try network.interpolate(maps[2], factor: 2, name: "\(path).coarser"),
    ]
    let all = try network.concatenate(sized, name: "\(path).concat")
    let mixed = try attend(all, positions, in: &network, path: "\(path).transformer")
    let spread = [
      try network.interpolate(mixed, factor: 2, name: "\(path).to_finer"), mixed,
      try network.interpolate(mixed, factor: 0.5, name: "\(path).to_coarser"),
    ]
    for level in maps.indices {
      maps[level] = try network.add(maps[level], spread[level], name: "\(path).out\(level)")
    }
    return maps
  }

  /// A 1x1 convolution, then encoders over the cells: `TransformerBlock`.
  private func attend(
    _ input: ValueID, _ positions: ValueID, in network: inout NetworkBuilder, path: String
  ) throws(FamilyError) -> ValueID {
    var merging = Convolution(3 * channels, channels, hasBias: true)
    merging.initialWeight = .head
    merging.initialBias = .constant(0)
    // Without normalisation and, unlike all others here, with ReLU.
    let merged = try merging.build(in: &network, from: input, path: "\(path).conv.conv")
    let active = try network.activate(merged, with: .relu, name: "\(path).conv.act")
    network.declare("\(path).linear.weight", shape: [channels, channels], role: .parameter)
    network.declare("\(path).linear.bias", shape: [channels], role: .parameter)
    let columns = try network.reshape(
      active, [0, channels, side * side], name: "\(path).columns")
    let cells = try network.transpose(columns, [0, 2, 1], name: "\(path).cells")
    let places = try network.transpose(positions, [1, 0, 2], name: "\(path).places")
    var value = try network.add(cells, places, name: "\(path).placed")
    for index in 0..<depth {
      let encoder = Encoder(channels: channels, hiddenChannels: hiddenChannels)
      value = try encoder.build(
        in: &network, from: value, path: "\(path).encoders.\(index)")
    }
    let rows = try network.transpose(value, [0, 2, 1], name: "\(path).rows")
    return try network.reshape(rows, [0, channels, side, side], name: "\(path).grid")
  }

  /// Attention and a perceptron, each added to its input: `TransformerEncoder`.
  private struct Encoder: Block {
    let channels: Int
    let hiddenChannels: Int

    func build(
      in network: inout NetworkBuilder, from inputs: [ValueID], path: String
    ) throws(FamilyError) -> ValueID {
      let first = try network.normaliseLayer(inputs[0], channels, path: "\(path).norm1")
      let attended = try Attention(channels: channels)
        .build(in: &network, from: first, path: "\(path).attn")
      let sum = try network.add(inputs[0], attended, name: "\(path).add1")
      let second = try network.normaliseLayer(sum, channels, path: "\(path).norm2")
      let wide = try network.linear(
        second, channels, hiddenChannels, path: "\(path).mlp.fc1")
      let active = try network.activate(wide, with: TAN.activation, name: "\(path).mlp.act")
      let narrow = try network.linear(active, hiddenChannels, channels, path: "\(path).mlp.fc2")
      return try network.add(sum, narrow, name: "\(path).add2")
    }
  }
}
