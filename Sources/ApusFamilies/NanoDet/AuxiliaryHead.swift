package import ApusGraph

/// A large head with the same convolutions for all levels, whose outputs assign targets in training:
/// `SimpleConvHead`.
///
/// nanodet/model/head/simple_conv_head.py of RangiLyu/nanodet; normalised by groups of channels, of which there
/// are always 32.
package struct AuxiliaryHead: Sendable, Hashable {
  /// The number of levels.
  package var levelCount = 4
  /// The number of classes.
  package var classCount: Int
  /// The number of steps of a distance's distribution.
  package var bins = 8
  /// The channels of the maps.
  package var inputChannels: Int
  /// The channels inside of the head.
  package var channels: Int
  /// The number of convolutions before the last.
  package var depth = 4

  private static let activation = Activation.leakyRelu(0.1)
  private static let groups = 32

  /// A head with as many channels inside as its maps have.
  package init(classCount: Int, channels: Int) {
    self.classCount = classCount
    inputChannels = channels
    self.channels = channels
  }

  /// Reads the sizes from a state; nil where it has no such head.
  package init?(state: WeightState, path: String) throws(FamilyError) {
    guard state.has(path) else { return nil }
    let first = try state.sizes("\(path).cls_convs.0.conv.weight", rank: 4)
    (channels, inputChannels) = (first[0], first[1])
    depth = state.count(below: "\(path).cls_convs")
    classCount = try state.sizes("\(path).gfl_cls.bias", rank: 1)[0]
    bins = max(try state.sizes("\(path).gfl_reg.bias", rank: 1)[0] / 4, 1)
    levelCount = state.count(below: "\(path).scales")
  }

  /// Appends the nodes; an output of classes and distances for each map.
  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> [ValueID] {
    guard inputs.count == levelCount else {
      throw FamilyError(
        .graph, at: path, "reads \(levelCount) maps, but the necks give \(inputs.count)")
    }
    var scores = inputs
    var boxes = inputs
    for index in 0..<depth {
      scores = try layer(index, "\(path).cls_convs", in: &network, from: scores)
      boxes = try layer(index, "\(path).reg_convs", in: &network, from: boxes)
    }
    scores = try convolve(
      scores, to: classCount, bias: NanoDetHead.classBias, path: "\(path).gfl_cls", in: &network)
    boxes = try convolve(boxes, to: 4 * bins, bias: 0, path: "\(path).gfl_reg", in: &network)
    var outputs: [ValueID] = []
    for level in inputs.indices {
      let name = "\(path).scales.\(level)"
      let scale = try network.weight("\(name).scale", shape: [], initial: .constant(1))
      let scaled = try network.multiply(boxes[level], scale, name: name)
      outputs.append(
        try network.concatenate([scores[level], scaled], name: "\(path).concat\(level)"))
    }
    return outputs
  }

  /// A convolution, normalisation and activation with one set of weights, on every map.
  private func layer(
    _ index: Int, _ path: String, in network: inout NetworkBuilder, from inputs: [ValueID]
  ) throws(FamilyError) -> [ValueID] {
    let path = "\(path).\(index)"
    var maps = try convolve(
      inputs, of: index == 0 ? inputChannels : channels, to: channels, path: "\(path).conv",
      in: &network)
    let scale = try network.weight("\(path).gn.weight", shape: [channels], initial: .constant(1))
    let shift = try network.weight("\(path).gn.bias", shape: [channels], initial: .constant(0))
    for level in maps.indices {
      let normal = try network.normaliseGroups(
        maps[level], scale: scale, shift: shift, groups: Self.groups, epsilon: 1e-5,
        name: "\(path).gn.\(level)")
      maps[level] = try network.activate(
        normal, with: Self.activation, name: "\(path).act.\(level)")
    }
    return maps
  }

  /// One 3x3 convolution on every map.
  private func convolve(
    _ maps: [ValueID], of inputChannels: Int? = nil, to outputChannels: Int, bias: Float? = nil,
    path: String, in network: inout NetworkBuilder
  ) throws(FamilyError) -> [ValueID] {
    let convolution = Convolution(inputChannels ?? channels, outputChannels, kernel: 3)
    let weight = try network.weight(
      "\(path).weight", shape: [outputChannels, convolution.inputChannels, 3, 3], initial: .head)
    var shift: ValueID?
    if let bias {
      shift = try network.weight(
        "\(path).bias", shape: [outputChannels], initial: .constant(bias))
    }
    var outputs: [ValueID] = []
    for (level, map) in maps.enumerated() {
      outputs.append(
        try network.convolve(
          map, weight: weight, bias: shift, as: convolution, name: "\(path).\(level)"))
    }
    return outputs
  }
}
