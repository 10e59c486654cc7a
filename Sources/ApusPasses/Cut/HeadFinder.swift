import ApusGraph
import ApusOperators
import ApusTensor

/// Walks from the outputs of a detector back to the convolutions that its decoding starts from.
struct HeadFinder {
  /// A convolution whose output is decoded.
  struct Found {
    /// The convolution.
    let node: Node
    /// What decoding reads: the convolution's output, or that with a constant per channel applied.
    let value: ValueID
  }

  let graph: Graph
  let index: GraphIndex
  /// The convolutions, in the order of the graph.
  private(set) var found: [Found] = []
  /// The nodes between the convolutions and the outputs.
  private(set) var decoding: [NodeID: Node] = [:]
  /// Why the walk ended anywhere but at a convolution.
  private(set) var obstacles: [String] = []

  init(_ graph: Graph) {
    self.graph = graph
    index = GraphIndex(graph)
    var heads: [NodeID: Found] = [:]
    var waiting = graph.outputs
    var seen: Set<ValueID> = []
    while let value = waiting.popLast() {
      guard seen.insert(value).inserted, graph[value].constant == nil,
        graph[value].fact.constant == nil
      else { continue }
      guard let node = index.producer(of: value) else {
        obstacles.append("the walk reached input '\(graph[value].name)'")
        continue
      }
      if node.op is Conv, !isExpectation(node) {
        heads[node.id] = Found(node: node, value: withConstants(value))
      } else if let obstacle = obstacle(node) {
        obstacles.append(obstacle)
      } else {
        decoding[node.id] = node
        // Of the sizes of a value, nothing flows on to its numbers.
        if !(node.op is ShapeOf) { waiting += node.inputs.compactMap { $0 } }
      }
    }
    found = graph.nodes.compactMap { heads[$0.id] }
  }

  /// Whether the convolution is the mean of a distribution, as box distributions (DFL) are decoded: one filter
  /// without bias, of weights that are 0, 1, 2, … up to the rounding of a quantised export.
  func isExpectation(_ node: Node) -> Bool {
    guard let weights = index.constant(node.input(1)), weights.shape.rank > 0,
      weights.shape[0] == 1, node.input(2) == nil || index.constant(node.input(2))?.doubles == [0]
    else { return false }
    return areSteps(weights)
  }

  /// Whether numbers are 0, 1, 2, … up to rounding.
  private func areSteps(_ weights: Tensor) -> Bool {
    weights.count > 1
      && weights.doubles.enumerated().allSatisfy { abs(Double($0) - $1) < 0.5 }
  }

  /// What the steps of distributions are rounded to in the decoding; nil where they are exact.
  func roundedSteps(_ count: Int) -> [Float]? {
    for node in decoding.values where node.op is Conv || node.op is MatMul {
      guard let weights = index.constant(node.input(1)), weights.count == count, areSteps(weights)
      else { continue }
      let steps = weights.floats
      return steps == (0..<count).map { Float($0) } ? nil : steps
    }
    return nil
  }

  /// Whether a box distribution is decoded from the value: its numbers reach an expectation.
  func isDistribution(_ value: ValueID) -> Bool {
    var waiting = [value]
    var seen: Set<ValueID> = []
    while let value = waiting.popLast() {
      for node in index.consumers(of: value) where decoding[node.id] != nil {
        if node.op is Conv || node.op is MatMul { return true }
        // Past the point where boxes and classes meet, everything depends on everything.
        if node.op is Softmax { return true }
        if node.op is Sigmoid { continue }
        waiting += node.outputs.filter { seen.insert($0).inserted }
      }
    }
    return false
  }

  /// Why the walk does not go on above a node: it computes features.
  private func obstacle(_ node: Node) -> String? {
    let isWeighted =
      (node.op is MatMul || node.op is Gemm)
      && index.constant(node.input(1)).map { $0.shape.dimensions.filter { $0 != 1 }.count > 1 }
        ?? false
    guard
      isWeighted || node.op is ConvTranspose || node.op is MaxPool || node.op is AveragePool
        || node.op is Resize || node.op is BatchNormalization || node.op is ForeignOperator
    else { return nil }
    return "the walk met '\(node.name)' (\(node.op.kind)), which is no decoding"
  }

  /// What a convolution's only reader makes of it, where that is arithmetic with a constant per channel (the
  /// implicit knowledge of YOLOv7).
  private func withConstants(_ value: ValueID) -> ValueID {
    var value = value
    while index.hasSingleReader(value), let reader = index.consumers(of: value).first,
      reader.op is Mul || reader.op is Add || reader.op is Sub,
      let (constant, other, _) = index.splitConstant(reader), other == value,
      let tensor = index.constant(constant), tensor.count > 1, let shape = index.fact(value).shape,
      (try? ChannelAffine.perChannel(tensor, of: shape)) != nil
    {
      value = reader.outputs[0]
    }
    return value
  }
}
