import ApusGraph
import ApusOperators
import ApusPlan
import ApusTensor

/// What the readers of feature maps ask of the buffers that hold them.
///
/// Two things are settled before any step is made: how many pixels around a map its convolutions read, and
/// which maps are joined, so that whoever makes them writes into the joint at once.
struct FeatureUse {
  /// The channels of a joint that a value makes up.
  struct JointPart {
    /// The value that is the joint.
    let joint: ValueID
    /// The first channel.
    let channel: Int
  }

  /// Joints, by the values that go into them; a value in two joints is written into the first.
  private(set) var slices: [ValueID: JointPart] = [:]
  private var parents: [ValueID: ValueID] = [:]
  private var borders: [ValueID: [Int]] = [:]

  init(_ graph: Graph, quantised: QuantisedValues) {
    for node in graph.nodes {
      if node.op is Conv { noteConvolution(node, graph, quantised) }
      if let op = node.op as? Concat { noteJoint(node, op, graph, quantised) }
      if node.op is Split || node.op is Slice, let input = node.inputs[0] {
        for output in node.outputs { unite(held(output, quantised), held(input, quantised)) }
      }
    }
  }

  /// Pixels around a value's maps that somebody reads: top, left, bottom, right.
  func border(_ id: ValueID) -> [Int] { borders[leader(id)] ?? [0, 0, 0, 0] }

  /// The value under which a map is held: the stored one where it is quantised.
  private func held(_ id: ValueID, _ quantised: QuantisedValues) -> ValueID {
    quantised.behind(id) ?? quantised.quantised[id] ?? id
  }

  private mutating func noteConvolution(
    _ node: Node, _ graph: Graph, _ quantised: QuantisedValues
  ) {
    guard let op = node.op as? Conv, let input = node.inputs[0],
      let x = graph[input].fact.fixedShape, x.rank == 4,
      let w = node.inputs[1].flatMap({ graph[$0].fact.fixedShape }),
      let axes = try? op.convolution.axes(
        x: x.dimensions.map { .fixed($0) }, w: w.dimensions.map { .fixed($0) }),
      let window = WindowParameters(axes)
    else { return }
    widen(held(input, quantised), by: window.reach)
  }

  private mutating func noteJoint(
    _ node: Node, _ op: Concat, _ graph: Graph, _ quantised: QuantisedValues
  ) {
    guard let shape = graph[node.outputs[0]].fact.fixedShape, shape.rank == 4, shape.count > 0,
      op.axis == 1 || op.axis == -3
    else { return }
    let joint = held(node.outputs[0], quantised)
    var channel = 0
    for case .some(let id) in node.inputs {
      guard let part = graph[id].fact.fixedShape else { return }
      let input = held(id, quantised)
      if slices[input] == nil, graph.constant(id) == nil, input != joint {
        slices[input] = JointPart(joint: joint, channel: channel)
        unite(input, joint)
      }
      channel += part[1]
    }
  }

  private mutating func widen(_ id: ValueID, by reach: [Int]) {
    let leader = leader(id)
    borders[leader] = zip(borders[leader] ?? [0, 0, 0, 0], reach).map { max($0, $1) }
  }

  private mutating func unite(_ a: ValueID, _ b: ValueID) {
    let (from, to) = (leader(a), leader(b))
    guard from != to else { return }
    parents[from] = to
    if let border = borders.removeValue(forKey: from) { widen(to, by: border) }
  }

  private func leader(_ id: ValueID) -> ValueID {
    var id = id
    while let parent = parents[id] { id = parent }
    return id
  }
}

extension WindowParameters {
  /// Pixels beyond the edge that windows read: top, left, bottom, right.
  var reach: [Int] {
    let far = (0..<2).map { axis -> Int in
      let last = (output[axis] - 1) * strides[axis] - padding[axis]
      let end = last + (kernel[axis] - 1) * dilations[axis] + 1
      return max(0, end - input[axis])
    }
    return [max(0, padding[0]), max(0, padding[1]), far[0], far[1]]
  }
}
