package import ApusGraph

/// A head with convolutions of its own for every level, which gives raw classes and distributions of distances:
/// `NanoDetHead` and `NanoDetPlusHead`.
///
/// The two differ in the kernels, in convolutions that upstream keeps but never uses, and in the point of a cell
/// from which distances are measured. (nanodet/model/head/nanodet_head.py and nanodet_plus_head.py of
/// RangiLyu/nanodet.)
package struct NanoDetHead: Sendable, Hashable {
  /// Which of upstream's heads it is.
  package enum Kind: String, Sendable {
    /// Distances from the centres of cells.
    case nanodet = "NanoDetHead"
    /// Distances from the top left corners of cells.
    case plus = "NanoDetPlusHead"

    /// Where in its cell the point lies from which distances are measured.
    var cellOffset: Float { self == .nanodet ? 0.5 : 0 }
  }

  /// Which of upstream's heads it is.
  package var kind: Kind
  /// The number of levels.
  package var levelCount: Int
  /// The number of classes.
  package var classCount: Int
  /// The number of steps of a distance's distribution: upstream's `reg_max` + 1.
  package var bins: Int
  /// The channels of the maps.
  package var inputChannels: Int
  /// The channels inside of the head.
  package var channels: Int
  /// The number of convolutions before the last.
  package var depth: Int
  /// The side of their kernels.
  package var kernel = 3
  /// Whether they are depthwise and pointwise, or plain.
  package var isDepthwise = true
  /// Whether one row of convolutions serves classes and distances.
  package var isShared = true
  /// The function after each of them.
  package var activation = Activation.leakyRelu(0.1)

  /// The channels of the distances.
  private var distances: Int { 4 * bins }

  /// A head with as many channels inside as its maps have.
  package init(
    _ kind: Kind, levels: Int = 3, classCount: Int, bins: Int = 8, channels: Int, depth: Int = 2
  ) {
    self.kind = kind
    levelCount = levels
    self.classCount = classCount
    self.bins = bins
    inputChannels = channels
    self.channels = channels
    self.depth = depth
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> [RawOutput] {
    guard inputs.count == levelCount else {
      throw FamilyError(
        .graph, at: path, "reads \(levelCount) maps, but the neck gives \(inputs.count)")
    }
    network.declare("\(path).distribution_project.project", shape: [bins])
    var outputs: [RawOutput] = []
    for (level, input) in inputs.enumerated() {
      let features = try tower("\(path).cls_convs.\(level)", in: &network, from: input)
      let classes = "\(path).gfl_cls.\(level)"
      let boxes = "\(path).gfl_reg.\(level)"
      guard !isShared else {
        let both = last(classCount + distances, bias: Self.classBias)
        outputs.append(
          RawOutput(
            try both.build(in: &network, from: features, path: classes), .classDistanceGrid,
            level: level, bins: bins, cellOffset: kind.cellOffset))
        if kind == .nanodet { declareUnused(boxes, in: &network) }
        continue
      }
      let scores = last(classCount, bias: Self.classBias)
      outputs.append(
        RawOutput(
          try scores.build(in: &network, from: features, path: classes), .classGrid,
          level: level, part: "classes"))
      let beside = try tower("\(path).reg_convs.\(level)", in: &network, from: input)
      outputs.append(
        RawOutput(
          try last(distances, bias: 0).build(in: &network, from: beside, path: boxes),
          .distanceGrid, level: level, part: "boxes", bins: bins, cellOffset: kind.cellOffset))
    }
    return outputs
  }

  /// Every class starts at a probability of 0.01, and distances where they share the convolution.
  static let classBias: Float = -4.595

  private func last(_ output: Int, bias: Float) -> Convolution {
    var convolution = Convolution(channels, output, hasBias: true)
    convolution.initialWeight = .head
    convolution.initialBias = .constant(bias)
    return convolution
  }

  private func tower(
    _ path: String, in network: inout NetworkBuilder, from input: ValueID
  ) throws(FamilyError) -> ValueID {
    var value = input
    for index in 0..<depth {
      value = try block(index == 0 ? inputChannels : channels)
        .build(in: &network, from: value, path: "\(path).\(index)")
    }
    return value
  }

  private func block(_ input: Int) -> any Block {
    guard isDepthwise else {
      return ConvolutionBlock.module(
        Convolution(input, channels, kernel: kernel), activation: activation, initial: .head)
    }
    return DepthwiseBlock(
      input, channels, kernel: kernel, activation: activation, initial: .head)
  }

  /// The convolution of the distances that upstream makes, although the one of the classes gives them.
  private func declareUnused(_ path: String, in network: inout NetworkBuilder) {
    network.declare("\(path).weight", shape: [distances, channels, 1, 1], role: .parameter)
    network.declare("\(path).bias", shape: [distances], role: .parameter)
  }
}

extension NanoDetHead {
  /// Reads the sizes from a state.
  ///
  /// - Parameters:
  ///   - kind: which head it is: the names tell it together with the neck.
  ///   - activation: the function after convolutions, which no tensor tells.
  package init(
    state: WeightState, path: String, kind: Kind, activation: Activation
  ) throws(FamilyError) {
    self.kind = kind
    self.activation = activation
    levelCount = state.count(below: "\(path).gfl_cls")
    depth = state.count(below: "\(path).cls_convs.0")
    isShared = !state.has("\(path).reg_convs")
    isDepthwise = !state.has("\(path).cls_convs.0.0.conv")
    let last = try state.sizes("\(path).gfl_cls.0.weight", rank: 4)
    channels = last[1]
    if isDepthwise {
      let first = try state.sizes("\(path).cls_convs.0.0.depthwise.weight", rank: 4)
      (inputChannels, kernel) = (first[0], first[2])
    } else {
      let first = try state.sizes("\(path).cls_convs.0.0.conv.weight", rank: 4)
      (inputChannels, kernel) = (first[1], first[2])
    }
    bins = try Self.bins(in: state, path: path)
    classCount = last[0] - (isShared ? 4 * bins : 0)
    guard classCount >= 1 else {
      throw FamilyError(
        .weights, at: "\(path).gfl_cls.0.weight",
        "has \(last[0]) channels, expected more than 4 · \(bins) for distances")
    }
  }

  /// The steps of the distributions, which two tensors state; the first is a buffer that a file may lack.
  private static func bins(in state: WeightState, path: String) throws(FamilyError) -> Int {
    let project = "\(path).distribution_project.project"
    if state.shape(project) != nil { return try state.sizes(project, rank: 1)[0] }
    return max(try state.sizes("\(path).gfl_reg.0.bias", rank: 1)[0] / 4, 1)
  }
}
