import ApusTensor

extension Graph {
  /// Constants of at most this many elements are computed while facts are stated; larger ones are left to
  /// constant folding.
  static let foldedDuringInference = 4096

  /// The facts of a node's outputs.
  static func facts(
    of op: any Operator, inputs: [Fact?], outputCount: Int, node: String
  ) throws(GraphError) -> [Fact] {
    let context = InferenceContext(inputs: inputs, outputCount: outputCount, scope: node)
    var facts: [Fact]
    do throws(OperatorError) {
      facts = try op.infer(context)
    } catch {
      throw GraphError(
        .shape, node: node, op: op.kind,
        "\(error.message) (inputs: \(Self.describe(inputs)))")
    }
    guard facts.count >= outputCount else {
      throw GraphError(
        .shape, node: node, op: op.kind,
        "has at most \(facts.count) outputs, but the node lists \(outputCount)")
    }
    facts.removeLast(facts.count - outputCount)
    for (index, fact) in facts.enumerated() {
      if let shape = fact.shape, let axis = shape.firstIndex(where: { ($0.fixed ?? 0) < 0 }) {
        throw GraphError(
          .shape, node: node, op: op.kind,
          "output \(index) would have size \(shape[axis]) along axis \(axis)"
            + " (inputs: \(Self.describe(inputs)))")
      }
    }
    if let constants = constants(of: op, inputs: inputs, facts: facts) {
      return constants.prefix(outputCount).map(Fact.init(constant:))
    }
    return facts
  }

  /// The outputs of a small node whose inputs are all constant.
  private static func constants(
    of op: any Operator, inputs: [Fact?], facts: [Fact]
  ) -> [Tensor]? {
    guard !(op is any Nondeterministic) else { return nil }
    var tensors: [Tensor?] = []
    var elements = 0
    for fact in inputs {
      guard let fact else {
        tensors.append(nil)
        continue
      }
      guard let constant = fact.constant else { return nil }
      tensors.append(constant)
      elements += constant.count
    }
    for fact in facts {
      // The shapes of untrusted files may have more elements than an integer can count.
      guard let count = fact.fixedShape?.checkedByteCount(of: .bool),
        count <= foldedDuringInference
      else { return nil }
      elements += count
    }
    guard elements <= foldedDuringInference else { return nil }
    guard let outputs = try? op.evaluate(tensors), outputs.count >= facts.count else { return nil }
    return outputs
  }

  private static func describe(_ inputs: [Fact?]) -> String {
    inputs.map { $0?.description ?? "absent" }.joined(separator: ", ")
  }

  /// States all facts anew, after the facts of inputs have changed.
  ///
  /// - Parameter shapes: the sizes of inputs by name; an input not named keeps its shape.
  public func withInputShapes(_ shapes: [String: [Dimension]]) throws(GraphError) -> Graph {
    var copy = self
    for id in inputs {
      guard let shape = shapes[self[id].name] else { continue }
      let fact = Fact(self[id].fact.dtype, shape)
      if let old = self[id].fact.shape, old.count != shape.count {
        throw GraphError(
          .shape, value: self[id].name,
          "has \(old.count) axes, but a shape of \(shape.count) axes was given: \(shape)")
      }
      copy.values[id]?.fact = fact
    }
    for name in shapes.keys where !inputs.contains(where: { self[$0].name == name }) {
      let known = inputs.map { "'\(self[$0].name)'" }.joined(separator: ", ")
      throw GraphError(.usage, value: name, "is not an input; the inputs are \(known)")
    }
    try copy.restateFacts()
    return copy
  }

  /// The graph with symbolic sizes replaced by numbers.
  public func withSizes(_ sizes: [String: Int]) throws(GraphError) -> Graph {
    var shapes: [String: [Dimension]] = [:]
    for id in inputs {
      shapes[self[id].name] = self[id].fact.shape?.map { $0.substituting(sizes) }
    }
    return try withInputShapes(shapes)
  }

  /// States the facts of every node anew.
  mutating func restateFacts() throws(GraphError) {
    try restateFacts(of: Set(nodes.map(\.id)))
  }

  /// States the facts of the given nodes anew, and of every node that reads a fact that changed by it.
  mutating func restateFacts(of changed: Set<NodeID>) throws(GraphError) {
    var changedValues: Set<ValueID> = []
    for node in nodes {
      guard
        changed.contains(node.id)
          || node.inputs.contains(where: { $0.map(changedValues.contains) ?? false })
      else { continue }
      // What a file declares of an unknown operator's output is all there is.
      if node.op is ForeignOperator { continue }
      let facts = try Self.facts(
        of: node.op, inputs: inputFacts(of: node), outputCount: node.outputs.count, node: node.name)
      for (id, stated) in zip(node.outputs, facts) {
        var fact = stated
        // Behind an unknown operator, what was declared remains.
        if fact.dtype == nil { fact.dtype = values[id]?.fact.dtype }
        if fact.shape == nil { fact.shape = values[id]?.fact.shape }
        guard values[id]?.fact != fact else { continue }
        values[id]?.fact = fact
        changedValues.insert(id)
      }
    }
  }
}

/// An operator that may give different outputs for equal inputs: never folded.
public protocol Nondeterministic: Operator {}
