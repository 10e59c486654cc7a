import ApusGraph
import ApusTensor

/// Runs a graph node by node with the operators' reference evaluation.
func run(_ graph: Graph, _ input: Tensor) throws -> [Tensor] {
  var tensors: [ValueID: Tensor] = [graph.inputs[0]: input]
  for value in graph.constants { tensors[value.id] = value.constant }
  for node in graph.nodes {
    let results = try node.op.evaluate(node.inputs.map { $0.flatMap { tensors[$0] } })
    for (output, result) in zip(node.outputs, results) { tensors[output] = result }
  }
  return graph.outputs.compactMap { tensors[$0] }
}
