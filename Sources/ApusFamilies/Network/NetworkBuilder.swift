package import ApusGraph
package import ApusTensor

/// Appends the nodes of blocks to a graph, and notes which tensors the network's state has.
package struct NetworkBuilder {
  /// The graph as far as it is built.
  package private(set) var graph: Graph
  /// What the network is built for.
  package let form: NetworkForm
  /// The tensors of the state, in the order in which they were asked for.
  package private(set) var entries: [StateEntry] = []
  private let source: WeightSource
  private var twins: [(copy: String, original: String)] = []

  /// A builder that takes weights from a source.
  package init(graph: Graph, form: NetworkForm, weights source: WeightSource) {
    self.graph = graph
    self.form = form
    self.source = source
  }

  /// A trained parameter as a value.
  package mutating func weight(
    _ name: String, shape: [Int], initial: Initialisation
  ) throws(FamilyError) -> ValueID {
    try value(StateEntry(name: name, shape: shape), initial: initial)
  }

  /// A buffer that nodes read as a value, such as a running mean.
  package mutating func buffer(
    _ name: String, shape: [Int], initial: Initialisation
  ) throws(FamilyError) -> ValueID {
    try value(StateEntry(name: name, shape: shape, role: .buffer), initial: initial)
  }

  /// Makes a part of a new network start with the same weights as another one.
  ///
  /// - Parameters:
  ///   - copy: the path of the part, such as `model.23.one2one_cv2`.
  ///   - original: the path of the other one.
  package mutating func start(_ copy: String, like original: String) {
    twins.append(("\(copy).", "\(original)."))
  }

  /// Notes a tensor of the state that no node reads.
  package mutating func declare(
    _ name: String, shape: [Int], role: StateEntry.Role = .buffer, dtype: DType = .float32
  ) {
    entries.append(
      StateEntry(name: name, shape: shape, role: role, dtype: dtype, isRead: false))
  }

  /// The numbers of a tensor that no node reads, for what a decoder must know; nil where there are none yet.
  package func numbers(_ name: String) -> [Float]? {
    guard case .state(let state) = source else { return nil }
    return state.tensor(name)?.floats
  }

  private mutating func value(
    _ entry: StateEntry, initial: Initialisation
  ) throws(FamilyError) -> ValueID {
    entries.append(entry)
    switch source {
    case .outline:
      return graph.addInput(entry.name, Fact(.float32, entry.shape.map(Dimension.fixed)))
    case .fresh(let seed):
      var name = entry.name
      if let twin = twins.first(where: { name.hasPrefix($0.copy) }) {
        name = twin.original + name.dropFirst(twin.copy.count)
      }
      let tensor = initial.tensor(named: name, shape: entry.shape, seed: seed)
      return graph.addConstant(tensor, name: entry.name)
    case .state(let state):
      guard let tensor = state.tensor(entry.name), tensor.shape.dimensions == entry.shape else {
        throw FamilyError(
          .weights, at: entry.name, "the state has no such tensor of \(entry.shape)")
      }
      return graph.addConstant(tensor, name: entry.name)
    }
  }

  /// A constant that is no weight, such as the bounds of a slice.
  package mutating func constant(_ tensor: Tensor, name: String) -> ValueID {
    graph.addConstant(tensor, name: name)
  }

  /// Appends a node of one output.
  package mutating func append(
    _ op: any Operator, _ inputs: [ValueID?], name: String
  ) throws(FamilyError) -> ValueID {
    try append(op, inputs, name: name, outputNames: [name])[0]
  }

  /// Appends a node, with a name for each of its outputs.
  package mutating func append(
    _ op: any Operator, _ inputs: [ValueID?], name: String, outputNames: [String]
  ) throws(FamilyError) -> [ValueID] {
    do throws(GraphError) {
      return try graph.append(op, inputs, name: name, outputNames: outputNames)
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
