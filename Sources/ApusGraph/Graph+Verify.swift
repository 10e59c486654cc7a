extension Graph {
  /// Checks the graph's own rules; the passes call it after every step in debug builds and tests.
  ///
  /// Every value a node reads exists before the node; origins and outputs agree; names are unique; facts are
  /// what inference states.
  public func verify() throws(GraphError) {
    var known = Set(
      values.values.filter { if case .node = $0.origin { false } else { true } }.map(\.id))
    var seenNodes: Set<NodeID> = []
    for node in nodes {
      guard seenNodes.insert(node.id).inserted else {
        throw GraphError(.structure, node: node.name, op: node.op.kind, "is listed twice")
      }
      for case .some(let id) in node.inputs {
        guard let value = values[id] else {
          throw GraphError(
            .structure, node: node.name, op: node.op.kind, "reads a value that does not exist")
        }
        guard known.contains(id) else {
          throw GraphError(
            .structure, node: node.name, op: node.op.kind,
            "reads '\(value.name)' before it is made")
        }
      }
      for (index, id) in node.outputs.enumerated() {
        guard let value = values[id], case .node(node.id, output: index) = value.origin else {
          throw GraphError(
            .structure, node: node.name, op: node.op.kind,
            "lists output \(index), which does not come from it")
        }
        known.insert(id)
      }
      try verifyFacts(of: node)
    }
    for id in outputs where !known.contains(id) {
      throw GraphError(.structure, "an output of the graph is made by no node")
    }
    for value in values.values where !known.contains(value.id) {
      throw GraphError(.structure, value: value.name, "comes from a node that is gone")
    }
    let names = Set(values.values.map(\.name))
    guard names.count == values.count, names == self.names else {
      throw GraphError(.structure, "two values have the same name")
    }
  }

  private func verifyFacts(of node: Node) throws(GraphError) {
    let facts = try Self.facts(
      of: node.op, inputs: inputFacts(of: node), outputCount: node.outputs.count, node: node.name)
    for (id, fact) in zip(node.outputs, facts) where self[id].fact.contradicts(fact) {
      throw GraphError(
        .structure, node: node.name, op: node.op.kind,
        "makes \(fact), but '\(self[id].name)' is held to be \(self[id].fact)")
    }
  }
}
