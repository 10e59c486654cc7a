public import ApusGraph
public import ApusTensor

/// Runs a graph in the plainest way there is: node after node, each by its operator's own
/// evaluation.
///
/// This is the oracle that every faster way of running is compared with; it has no optimisation but
/// that a value is let go after its last reader.
public struct Interpreter: Sendable {
  /// The graph it runs.
  public let graph: Graph
  /// For every node, the values that no later node reads.
  private let lastReads: [[ValueID]]

  /// An interpreter of the graph.
  public init(_ graph: Graph) {
    self.graph = graph
    var seen = Set(graph.outputs)
    var lastReads = [[ValueID]](repeating: [], count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated().reversed() {
      for id in node.outputs + node.inputs.compactMap({ $0 }) where seen.insert(id).inserted {
        lastReads[index].append(id)
      }
    }
    self.lastReads = lastReads
  }

  /// The outputs of the graph, in order.
  ///
  /// - Parameters:
  ///   - inputs: a tensor for every input, by name.
  ///   - observe: called with every value a node makes, when it is made.
  /// - Throws: `GraphError` that names the input or node, or what `observe` throws.
  public func run(
    _ inputs: [String: Tensor], observe: ((Value, Tensor) throws -> Void)? = nil
  ) throws -> [Tensor] {
    var tensors = try InputBinding(graph).bound(inputs)
    for constant in graph.constants { tensors[constant.id] = constant.constant }
    for (index, node) in graph.nodes.enumerated() {
      let outputs = try evaluate(node, tensors)
      for (id, tensor) in zip(node.outputs, outputs) {
        tensors[id] = tensor
        try observe?(graph[id], tensor)
      }
      for id in lastReads[index] { tensors[id] = nil }
    }
    return try graph.outputs.map { id in
      guard let tensor = tensors[id] else {
        throw GraphError(.structure, value: graph[id].name, "is an output, but nothing makes it")
      }
      return tensor
    }
  }

  /// Every value a node makes, by name.
  public func runAll(_ inputs: [String: Tensor]) throws -> [String: Tensor] {
    var all: [String: Tensor] = [:]
    _ = try run(inputs) { all[$0.name] = $1 }
    return all
  }

  private func evaluate(
    _ node: Node, _ tensors: [ValueID: Tensor]
  ) throws(GraphError) -> [Tensor] {
    let inputs = node.inputs.map { $0.flatMap { tensors[$0] } }
    let outputs: [Tensor]
    do throws(OperatorError) {
      outputs = try node.op.evaluate(inputs)
    } catch {
      let shapes = inputs.map { $0.map { "\($0.dtype) \($0.shape)" } ?? "absent" }
      throw GraphError(
        .evaluation, node: node.name, op: node.op.kind,
        "\(error.message) (inputs: \(shapes.joined(separator: ", ")))")
    }
    guard outputs.count >= node.outputs.count else {
      throw GraphError(
        .evaluation, node: node.name, op: node.op.kind,
        "made \(outputs.count) outputs instead of \(node.outputs.count)")
    }
    for (id, tensor) in zip(node.outputs, outputs)
    where graph[id].fact.contradicts(Fact(tensor.dtype, tensor.shape)) {
      throw GraphError(
        .evaluation, node: node.name, op: node.op.kind,
        "made \(tensor.dtype) \(tensor.shape) where \(graph[id].fact) was inferred")
    }
    return outputs
  }
}
