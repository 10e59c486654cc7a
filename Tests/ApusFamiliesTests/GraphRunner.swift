import ApusGraph
import ApusInterpreter
import ApusTensor
import Testing

/// Runs a graph of one input with the interpreter.
func run(_ graph: Graph, _ input: Tensor) throws -> [Tensor] {
  try Interpreter(graph).run([graph[graph.inputs[0]].name: input])
}

/// The same graph with an input and weights of float64, so that nothing is rounded on the way.
///
/// - Parameter weights: the names of the constants to convert; others, such as scales, have types of their own.
func inDoublePrecision(_ graph: Graph, weights: [String]) throws -> Graph {
  let weights = Set(weights)
  var copy = Graph(name: graph.name)
  var places: [ValueID: ValueID] = [:]
  for input in graph.inputs {
    let value = graph[input]
    places[input] = copy.addInput(value.name, Fact(.float64, value.fact.shape))
  }
  for value in graph.constants {
    let tensor = try #require(value.constant)
    places[value.id] = copy.addConstant(
      weights.contains(value.name) ? tensor.converted(to: .float64) : tensor, name: value.name)
  }
  for node in graph.nodes {
    let outputs = try copy.append(
      node.op, node.inputs.map { $0.flatMap { places[$0] } }, name: node.name,
      outputNames: node.outputs.map { graph[$0].name })
    for (old, new) in zip(node.outputs, outputs) { places[old] = new }
  }
  copy.setOutputs(try graph.outputs.map { try #require(places[$0]) })
  return copy
}
