package import ApusGraph
package import ApusTensor

/// Appends the nodes of blocks to a graph, with weights from a state.
///
/// Without a state it makes an outline: weights are inputs of known shape without numbers. That tells
/// which weights a network takes and what shapes it gives, and costs no memory.
package struct NetworkBuilder {
  /// The graph as far as it is built.
  package private(set) var graph: Graph
  /// The weights asked for so far, in order.
  package private(set) var requirements: [WeightState.Requirement] = []
  private let state: WeightState?

  /// A builder that takes weights from a state, which must have been checked; nil for an outline.
  package init(graph: Graph, state: WeightState?) {
    self.graph = graph
    self.state = state
  }

  /// The weight of a name as a constant.
  package mutating func weight(_ name: String, shape: [Int]) throws(FamilyError) -> ValueID {
    requirements.append(WeightState.Requirement(name: name, shape: shape))
    guard let state else {
      return graph.addInput(name, Fact(.float32, shape.map(Dimension.fixed)))
    }
    guard let tensor = state.tensor(name), tensor.shape.dimensions == shape else {
      throw FamilyError(.weights, at: name, "the state has no such tensor of \(shape)")
    }
    return graph.addConstant(tensor, name: name)
  }

  /// A constant that is no weight, such as the bounds of a slice.
  package mutating func constant(_ tensor: Tensor, name: String) -> ValueID {
    graph.addConstant(tensor, name: name)
  }

  /// Appends a node of one output.
  package mutating func append(
    _ op: any Operator, _ inputs: [ValueID?], name: String
  ) throws(FamilyError) -> ValueID {
    do throws(GraphError) {
      return try graph.append(op, inputs, name: name)
    } catch {
      throw FamilyError(.graph, at: name, "\(error)")
    }
  }

  /// Adds an input of float32.
  package mutating func addInput(_ name: String, _ shape: [Dimension]) -> ValueID {
    graph.addInput(name, Fact(.float32, shape))
  }

  /// Makes a value an output, and returns the name it now has: the given one, made unique.
  package mutating func addOutput(_ value: ValueID, name: String) -> String {
    graph.rename(value, to: name)
    graph.setOutputs(graph.outputs + [value])
    return graph[value].name
  }
}
