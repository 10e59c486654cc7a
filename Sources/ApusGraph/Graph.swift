public import ApusTensor

/// Names a value of one graph.
public struct ValueID: Hashable, Sendable, Comparable {
  let rawValue: Int

  /// Orders by age.
  public static func < (left: ValueID, right: ValueID) -> Bool { left.rawValue < right.rawValue }
}

/// Names a node of one graph.
public struct NodeID: Hashable, Sendable, Comparable {
  let rawValue: Int

  /// Orders by age.
  public static func < (left: NodeID, right: NodeID) -> Bool { left.rawValue < right.rawValue }
}

/// A tensor that flows through a graph: an input, a constant, or an output of a node.
public struct Value: Sendable {
  /// Where a value comes from.
  public enum Origin: Sendable {
    /// An input of the graph.
    case input
    /// A constant.
    case constant(Tensor)
    /// An output of a node, by its place among the outputs.
    case node(NodeID, output: Int)
  }

  /// The value's identity in its graph.
  public let id: ValueID
  /// The name, unique in the graph.
  public internal(set) var name: String
  /// Where it comes from.
  public internal(set) var origin: Origin
  /// What is known of it.
  public internal(set) var fact: Fact

  /// The elements, where the value is a constant of the graph.
  public var constant: Tensor? {
    if case .constant(let tensor) = origin { tensor } else { nil }
  }
}

/// One application of an operator.
public struct Node: Sendable {
  /// The node's identity in its graph.
  public let id: NodeID
  /// The name, for people; unique in the graph.
  public internal(set) var name: String
  /// What it computes.
  public internal(set) var op: any Operator
  /// The values it reads; nil for an optional input that is left out.
  public internal(set) var inputs: [ValueID?]
  /// The values it makes.
  public internal(set) var outputs: [ValueID]
  /// Where it comes from.
  public internal(set) var provenance: Provenance
}

/// Which nodes of the original model a node stands for, and which passes made it so.
public struct Provenance: Hashable, Sendable, Codable {
  /// Names of the original nodes, in order, each once.
  public var sources: [String]
  /// Names of the passes that rewrote them, oldest first.
  public var passes: [String]

  /// The provenance of a node that was read or built under this name.
  public init(sources: [String] = [], passes: [String] = []) {
    self.sources = sources
    self.passes = passes
  }
}

/// A network: typed operators over values, without subgraphs, in an order in which it can be run.
///
/// A value. Nodes are appended when a graph is built; afterwards it changes through `apply(_:)` alone. The
/// facts of every value are known at all times.
public struct Graph: Sendable {
  /// The name, for people.
  public var name: String
  /// What the model is and how it is used.
  public var card: ModelCard
  /// The version of ONNX's operator set the graph was read from or is to be written in.
  public var opset: Int
  /// Further metadata of the file the graph came from, as it was.
  public var metadata: [String: String] = [:]
  /// The values a caller gives, in order.
  public private(set) var inputs: [ValueID] = []
  /// The values a caller receives, in order.
  public internal(set) var outputs: [ValueID] = []
  /// The nodes: each after the ones whose values it reads.
  public internal(set) var nodes: [Node] = []

  var values: [ValueID: Value] = [:]
  var names: Set<String> = []
  var nodeNames: Set<String> = []
  var nextID = 0

  /// An empty graph.
  public init(name: String = "", card: ModelCard = ModelCard(), opset: Int = 17) {
    self.name = name
    self.card = card
    self.opset = opset
  }

  /// A value by its identity, which must be of this graph.
  public subscript(id: ValueID) -> Value {
    guard let value = values[id] else { preconditionFailure("value \(id) is not of this graph") }
    return value
  }

  /// The node that makes a value; nil for inputs and constants.
  public func producer(of id: ValueID) -> Node? {
    guard case .node(let node, _) = self[id].origin else { return nil }
    return nodes.first { $0.id == node }
  }

  /// The constants of the graph, oldest first.
  public var constants: [Value] {
    values.values.filter { $0.constant != nil }.sorted { $0.id < $1.id }
  }

  /// All values, oldest first.
  public var allValues: [Value] { values.values.sorted { $0.id < $1.id } }

  /// A value by its name.
  public func value(named name: String) -> Value? {
    names.contains(name) ? values.values.first { $0.name == name } : nil
  }

  /// Multiply-accumulates of one run, of the nodes whose sizes are known.
  public var multiplyAccumulates: Int {
    nodes.reduce(0) { total, node in
      total
        + node.op.multiplyAccumulates(inputs: inputFacts(of: node), outputs: outputFacts(of: node))
    }
  }

  /// The facts of a node's inputs.
  public func inputFacts(of node: Node) -> [Fact?] { node.inputs.map { $0.map { self[$0].fact } } }

  /// The facts of a node's outputs.
  public func outputFacts(of node: Node) -> [Fact] { node.outputs.map { self[$0].fact } }
}

extension Graph {
  /// Adds an input.
  @discardableResult
  public mutating func addInput(_ name: String, _ fact: Fact) -> ValueID {
    let id = addValue(name, origin: .input, fact: fact)
    inputs.append(id)
    return id
  }

  /// Adds a constant.
  public mutating func addConstant(_ tensor: Tensor, name: String = "constant") -> ValueID {
    addValue(name, origin: .constant(tensor), fact: Fact(constant: tensor))
  }

  /// Appends a node that reads existing values, and states the facts of its outputs.
  ///
  /// - Parameters:
  ///   - name: a name for people; made unique.
  ///   - outputNames: one name for each output the node is to have.
  ///   - declared: what a file says of the outputs; used where inference knows nothing.
  /// - Throws: `GraphError` where the operator does not accept the inputs.
  @discardableResult
  public mutating func append(
    _ op: any Operator, _ inputs: [ValueID?], name: String, outputNames: [String],
    declared: [Fact?] = [], provenance: Provenance? = nil
  ) throws(GraphError) -> [ValueID] {
    let unique = Self.unique(name.isEmpty ? op.kind.name : name, among: &nodeNames)
    let facts: [Fact]
    do throws(GraphError) {
      facts = try Self.facts(
        of: op, inputs: inputs.map { $0.map { self[$0].fact } }, outputCount: outputNames.count,
        node: unique)
    } catch {
      nodeNames.remove(unique)
      throw error
    }
    let id = NodeID(rawValue: nextID)
    nextID += 1
    var outputs: [ValueID] = []
    for (index, outputName) in outputNames.enumerated() {
      var fact = facts[index]
      if index < declared.count, let known = declared[index] {
        fact.dtype = fact.dtype ?? known.dtype
        fact.shape = fact.shape ?? known.shape
      }
      outputs.append(
        addValue(outputName, origin: .node(id, output: index), fact: fact))
    }
    nodes.append(
      Node(
        id: id, name: unique, op: op, inputs: inputs, outputs: outputs,
        provenance: provenance ?? Provenance(sources: [unique])))
    return outputs
  }

  /// Appends a node of one output named after it, and returns that output.
  public mutating func append(
    _ op: any Operator, _ inputs: [ValueID?], name: String
  ) throws(GraphError) -> ValueID {
    try append(op, inputs, name: name, outputNames: [name])[0]
  }

  /// Says which values a caller receives.
  public mutating func setOutputs(_ ids: [ValueID]) {
    precondition(ids.allSatisfy { values[$0] != nil }, "an output must be a value of this graph")
    outputs = ids
  }

  /// Gives a value another name, made unique where it is taken.
  public mutating func rename(_ id: ValueID, to name: String) {
    guard var value = values[id], value.name != name else { return }
    names.remove(value.name)
    value.name = Self.unique(name, among: &names)
    values[id] = value
  }

  mutating func addValue(_ name: String, origin: Value.Origin, fact: Fact) -> ValueID {
    let id = ValueID(rawValue: nextID)
    nextID += 1
    let unique = Self.unique(name, among: &names)
    values[id] = Value(id: id, name: unique, origin: origin, fact: fact)
    return id
  }

  static func unique(_ name: String, among names: inout Set<String>) -> String {
    var candidate = name
    var suffix = 1
    while !names.insert(candidate).inserted {
      candidate = "\(name)_\(suffix)"
      suffix += 1
    }
    return candidate
  }
}
