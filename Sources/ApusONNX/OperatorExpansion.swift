import ApusGraph

/// Replaces operators that an operator set lacks by others that compute the same.
enum OperatorExpansion {
  /// Expansions may use operators that are expanded themselves; none does so more often than this.
  private static let maximumRounds = 8

  static func expanded(_ graph: Graph, opset: Int) throws(ONNXError) -> Graph {
    var graph = graph
    for _ in 0..<maximumRounds {
      var patch = Patch("write")
      try fill(&patch, from: graph, opset: opset)
      if patch.isEmpty { return graph }
      do throws(GraphError) {
        try graph.apply(patch)
      } catch {
        throw ONNXError(.unsupported, error.message, at: error.place)
      }
    }
    throw ONNXError(.unsupported, "operators expand into one another without end")
  }

  private static func fill(
    _ patch: inout Patch, from graph: Graph, opset: Int
  ) throws(ONNXError) {
    // New nodes read what earlier expansions of this round made, not the values these replace.
    var current: [ValueID: ValueID] = [:]
    for node in graph.nodes {
      let inputs = node.inputs.map { $0.map { current[$0] ?? $0 } }
      let outputs: [ValueID]?
      do throws(OperatorError) {
        outputs = try node.op.expansion(opset: opset, inputs: inputs, in: &patch)
      } catch {
        throw ONNXError(.unsupported, error.message, at: "node '\(node.name)' (\(node.op.kind))")
      }
      guard let outputs else { continue }
      for (old, new) in zip(node.outputs, outputs) {
        patch.replace(old, with: new)
        current[old] = new
      }
    }
  }
}
