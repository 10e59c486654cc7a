/// A small tree of operators to look for in a graph.
///
/// Patterns are values: `.op(Mul.self, .any("x"), .op(Sigmoid.self, .any("x")))` matches SiLU. A name that
/// occurs twice must match the same value. Inputs of a commutative operator match in either order.
public indirect enum Pattern: Sendable {
  /// Any value, remembered under a name.
  case any(String)
  /// A constant, remembered under a name.
  case constant(String)
  /// The first output of a node of the given operator whose inputs match; inputs beyond the listed ones are
  /// not looked at. The node is remembered under the name, where one is given.
  case node(any Operator.Type, [Pattern], name: String?)

  /// The first output of a node of the given operator.
  public static func op(
    _ type: any Operator.Type, _ inputs: Pattern..., name: String? = nil
  ) -> Pattern { .node(type, inputs, name: name) }
}

/// What a pattern was found to stand for.
public struct Match: Sendable {
  /// The node the pattern's root matched.
  public internal(set) var root: Node
  var values: [String: ValueID] = [:]
  var nodes: [String: Node] = [:]
  /// Nodes matched below the root: they may go only if nothing else reads them.
  public internal(set) var inner: [Node] = []

  /// A named value; the name must occur in the pattern.
  public subscript(name: String) -> ValueID {
    guard let value = values[name] else {
      preconditionFailure("the pattern has no value '\(name)'")
    }
    return value
  }

  /// A named node; the name must occur in the pattern.
  public func node(_ name: String) -> Node {
    guard let node = nodes[name] else { preconditionFailure("the pattern has no node '\(name)'") }
    return node
  }
}

/// Why a pattern does not match at a node.
public struct Miss: Error, Sendable, CustomStringConvertible {
  /// The reason, for `--explain`.
  public let reason: String
  /// Whether the root operator matched, so that a person may wonder why the rest did not.
  public let isNear: Bool

  /// A miss for the given reason.
  public init(_ reason: String, isNear: Bool = true) {
    self.reason = reason
    self.isNear = isNear
  }

  /// The reason.
  public var description: String { reason }
}

/// Who makes and who reads each value of a graph, looked up in constant time.
public struct GraphIndex: Sendable {
  /// The graph it was made from.
  public let graph: Graph
  private let producers: [ValueID: Int]
  private let consumers: [ValueID: [Int]]
  private let outputs: Set<ValueID>

  /// Indexes a graph.
  public init(_ graph: Graph) {
    self.graph = graph
    var producers: [ValueID: Int] = [:]
    var consumers: [ValueID: [Int]] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for id in node.outputs { producers[id] = index }
      for case .some(let id) in node.inputs where consumers[id]?.last != index {
        consumers[id, default: []].append(index)
      }
    }
    self.producers = producers
    self.consumers = consumers
    outputs = Set(graph.outputs)
  }

  /// The node that makes a value; nil for inputs and constants.
  public func producer(of id: ValueID) -> Node? { producers[id].map { graph.nodes[$0] } }

  /// The nodes that read a value, in order.
  public func consumers(of id: ValueID) -> [Node] {
    (consumers[id] ?? []).map { graph.nodes[$0] }
  }

  /// Whether a caller receives the value.
  public func isOutput(_ id: ValueID) -> Bool { outputs.contains(id) }

  /// Whether one node alone reads the value and no caller receives it.
  public func hasSingleReader(_ id: ValueID) -> Bool {
    consumers[id]?.count == 1 && !outputs.contains(id)
  }
}

extension Pattern {
  /// Matches the pattern with its root at a node.
  ///
  /// - Throws: `Miss` with the reason.
  public func match(_ node: Node, in index: GraphIndex) throws(Miss) -> Match {
    guard case .node(let type, _, _) = self else {
      throw Miss("the pattern's root is not a node", isNear: false)
    }
    guard Swift.type(of: node.op) == type else {
      throw Miss("'\(node.name)' is \(node.op.kind), not \(type.kind)", isNear: false)
    }
    var match = Match(root: node)
    try matchInputs(of: node, then: [], in: index, &match)
    return match
  }

  /// A pattern and the value it is to match.
  private typealias Goal = (pattern: Pattern, value: ValueID)

  /// Matches a node's inputs, then the other goals; where those fail, in the other order of a commutative
  /// operator.
  private func matchInputs(
    of node: Node, then rest: [Goal], in index: GraphIndex, _ match: inout Match
  ) throws(Miss) {
    guard case .node(_, let patterns, let name) = self else { return }
    // An optional input that is left out matches nothing, and the others keep their places.
    let given = node.inputs.prefix(patterns.count).compactMap { $0 }
    guard given.count == patterns.count else {
      throw Miss("'\(node.name)' lacks one of \(patterns.count) inputs")
    }
    if let name { match.nodes[name] = node }
    let draft = match
    do throws(Miss) {
      try Self.solve(zip(patterns, given).map { ($0, $1) } + rest, in: index, &match)
    } catch {
      guard node.op is any Commutative, patterns.count == 2 else { throw error }
      match = draft
      try Self.solve(zip(patterns, given.reversed()).map { ($0, $1) } + rest, in: index, &match)
    }
  }

  /// Matches all goals, the first one first.
  private static func solve(
    _ goals: [Goal], in index: GraphIndex, _ match: inout Match
  ) throws(Miss) {
    guard let (pattern, value) = goals.first else { return }
    let rest = Array(goals.dropFirst())
    switch pattern {
    case .any(let name):
      try bind(name, to: value, in: index, &match)
      try solve(rest, in: index, &match)
    case .constant(let name):
      guard index.graph[value].constant != nil else {
        throw Miss("'\(index.graph[value].name)' is not a constant")
      }
      try bind(name, to: value, in: index, &match)
      try solve(rest, in: index, &match)
    case .node(let type, _, _):
      guard let producer = index.producer(of: value), producer.outputs[0] == value else {
        throw Miss("'\(index.graph[value].name)' is not made by \(type.kind)")
      }
      guard Swift.type(of: producer.op) == type else {
        throw Miss("'\(producer.name)' is \(producer.op.kind), not \(type.kind)")
      }
      match.inner.append(producer)
      try pattern.matchInputs(of: producer, then: rest, in: index, &match)
    }
  }

  private static func bind(
    _ name: String, to value: ValueID, in index: GraphIndex, _ match: inout Match
  ) throws(Miss) {
    if let bound = match.values[name], bound != value {
      throw Miss(
        "'\(name)' would be both '\(index.graph[bound].name)' and '\(index.graph[value].name)'")
    }
    match.values[name] = value
  }
}
