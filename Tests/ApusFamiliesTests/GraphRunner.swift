import ApusGraph
import ApusInterpreter
import ApusTensor

/// Runs a graph of one input with the interpreter.
func run(_ graph: Graph, _ input: Tensor) throws -> [Tensor] {
  try Interpreter(graph).run([graph[graph.inputs[0]].name: input])
}
