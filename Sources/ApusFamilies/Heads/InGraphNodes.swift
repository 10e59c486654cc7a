import ApusGraph
import ApusOperators
import ApusTensor

/// Appends nodes behind the heads of a graph, each under a name that says what it is for.
struct InGraphNodes {
  /// The graph as far as it is built.
  private(set) var graph: Graph
  /// What all names start with.
  private let prefix: String

  init(_ graph: Graph, prefix: String) {
    self.graph = graph
    self.prefix = prefix
  }

  /// Appends a node of one output.
  mutating func append(
    _ op: any Operator, _ inputs: [ValueID?], _ name: String
  ) throws(FamilyError) -> ValueID {
    try append(op, inputs, names: [name])[0]
  }

  /// Appends a node with an output for each name.
  mutating func append(
    _ op: any Operator, _ inputs: [ValueID?], names: [String]
  ) throws(FamilyError) -> [ValueID] {
    let names = names.map { "\(prefix).\($0)" }
    do throws(GraphError) {
      return try graph.append(op, inputs, name: names[0], outputNames: names)
    } catch {
      throw FamilyError(.graph, at: names[0], "\(error)")
    }
  }

  mutating func constant(_ tensor: Tensor, _ name: String) -> ValueID {
    graph.addConstant(tensor, name: "\(prefix).\(name)")
  }

  /// A scalar.
  mutating func number(_ value: Float, _ name: String) -> ValueID {
    constant(Tensor(scalar: value), name)
  }

  /// A list of integers.
  mutating func list(_ values: [Int], _ name: String) -> ValueID {
    constant(Tensor(values.map(Int64.init)), name)
  }

  /// The same elements under another shape; 0 keeps a size, -1 takes what is left over.
  mutating func reshape(
    _ value: ValueID, to shape: [Int], _ name: String
  ) throws(FamilyError) -> ValueID {
    try append(Reshape(), [value, list(shape, "\(name).shape")], name)
  }

  mutating func unsqueeze(
    _ value: ValueID, axis: Int, _ name: String
  ) throws(FamilyError) -> ValueID {
    try append(Unsqueeze(), [value, list([axis], "\(name).axes")], name)
  }

  /// Pieces of the given sizes along an axis.
  mutating func split(
    _ value: ValueID, axis: Int, into pieces: KeyValuePairs<String, Int>
  ) throws(FamilyError) -> [ValueID] {
    let name = pieces.map(\.key).joined(separator: "_")
    let sizes = list(pieces.map(\.value), "\(name).sizes")
    return try append(
      Split(axis: axis, pieces: nil), [value, sizes], names: pieces.map(\.key))
  }

  /// The size of an axis as an int64 scalar.
  mutating func size(
    of value: ValueID, axis: Int, _ name: String
  ) throws(FamilyError) -> ValueID {
    let shape = try append(ShapeOf(), [value], "\(name).shape")
    let place = constant(Tensor(scalar: Int64(axis)), "\(name).axis")
    return try append(Gather(), [shape, place], name)
  }

  /// The output of the graph that a head describes, as float32, with its shape `[N, C, H, W]` or
  /// whatever else it has.
  ///
  /// - Throws: `FamilyError` where the graph has no such output, or not of floats of `rank` axes.
  mutating func output(
    of head: ModelCard.Head, rank: Int
  ) throws(FamilyError) -> (value: ValueID, shape: [Dimension]) {
    guard let id = graph.outputs.first(where: { graph[$0].name == head.output }) else {
      let names = graph.outputs.map { "'\(graph[$0].name)'" }.joined(separator: ", ")
      throw FamilyError(
        .heads, at: head.output,
        "the model card describes this output, but the graph has \(names) alone")
    }
    let fact = graph[id].fact
    guard let shape = fact.shape, shape.count == rank, let dtype = fact.dtype,
      dtype.isFloatingPoint
    else {
      throw FamilyError(.heads, at: head.output, "is \(fact), expected floats of \(rank) axes")
    }
    if dtype == .float32 { return (id, shape) }
    return (try append(Cast(to: .float32), [id], "\(head.output).float32"), shape)
  }

  /// Makes a value the only output of the graph, described by a head of the given content.
  mutating func finish(_ value: ValueID, as content: ModelCard.Head.Content) -> Graph {
    graph.setOutputs([value])
    graph.removeDeadNodes()
    // The decoded output has the name where suppression follows it.
    if let holder = graph.value(named: "output"), !graph.inputs.contains(holder.id) {
      graph.rename(holder.id, to: "\(prefix).input")
    }
    graph.rename(value, to: "output")
    graph.card.heads = [ModelCard.Head(output: graph[value].name, content: content)]
    return graph
  }
}
