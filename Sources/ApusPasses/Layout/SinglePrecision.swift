public import ApusGraph
import ApusOperators
import ApusTensor

/// Runs a network that was rounded to half precision in single precision.
///
/// Half-precision exports hold weights, and often decode, as `float16`. Processors without half-precision
/// arithmetic compute in `float32` anyway; the weights keep their rounded values, and only the roundings
/// between the nodes fall away. Inputs and outputs of the graph keep their types.
public enum SinglePrecision {
  /// The graph with every `float16` value but its inputs and outputs held as `float32`.
  ///
  /// - Returns: the graph itself where it holds no `float16` value.
  /// - Throws: `GraphError` where an operator does not take the wider type.
  public static func widening(_ graph: Graph) throws(GraphError) -> Graph {
    guard graph.allValues.contains(where: { $0.fact.dtype == .float16 }) else { return graph }
    var widening = Widening(graph)
    return try widening.run()
  }

  private struct Widening {
    let graph: Graph
    var result: Graph
    var values: [ValueID: ValueID] = [:]

    init(_ graph: Graph) {
      self.graph = graph
      result = Graph(name: graph.name, card: graph.card, opset: graph.opset)
      result.metadata = graph.metadata
    }

    mutating func run() throws(GraphError) -> Graph {
      for id in graph.inputs {
        let input = graph[id]
        let new = result.addInput(input.name, input.fact)
        values[id] = try widened(new, named: input.name)
      }
      for node in graph.nodes { try append(node) }
      var outputs: [ValueID] = []
      for id in graph.outputs { outputs.append(try output(id)) }
      result.setOutputs(outputs)
      for (id, output) in zip(graph.outputs, outputs) {
        result.rename(output, to: graph[id].name)
      }
      result.removeDeadNodes()
      try result.verify()
      return result
    }

    private mutating func append(_ node: Node) throws(GraphError) {
      var inputs: [ValueID?] = []
      for id in node.inputs { inputs.append(id.map { value($0) }) }
      // A rounding to half precision and back is what falls away.
      if let cast = node.op as? Cast, cast.dtype == .float16, let input = inputs[0] {
        values[node.outputs[0]] = try widened(input, named: node.name)
        return
      }
      let outputs = try result.append(
        node.op, inputs, name: node.name, outputNames: node.outputs.map { graph[$0].name },
        declared: node.outputs.map { graph[$0].fact }, provenance: node.provenance)
      for (old, new) in zip(node.outputs, outputs) {
        values[old] = try widened(new, named: graph[old].name)
      }
    }

    /// The new value for an old one; constants are brought over when they are first read.
    private mutating func value(_ id: ValueID) -> ValueID {
      if let known = values[id] { return known }
      guard let constant = graph[id].constant else {
        preconditionFailure("a node reads '\(graph[id].name)' before it is made")
      }
      let tensor = constant.dtype == .float16 ? constant.converted(to: .float32) : constant
      let new = result.addConstant(tensor, name: graph[id].name)
      values[id] = new
      return new
    }

    private mutating func widened(_ id: ValueID, named name: String) throws(GraphError) -> ValueID {
      guard result[id].fact.dtype == .float16 else { return id }
      return try result.append(Cast(to: .float32), [id], name: "\(name).float32")
    }

    private mutating func output(_ id: ValueID) throws(GraphError) -> ValueID {
      let new = value(id)
      guard graph[id].fact.dtype == .float16, result[new].fact.dtype == .float32 else { return new }
      return try result.append(Cast(to: .float16), [new], name: "\(graph[id].name).float16")
    }
  }
}
