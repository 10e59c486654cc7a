/// What is wrong with a graph, and where.
public struct GraphError: Error, Sendable, CustomStringConvertible {
  /// The kind of fault.
  public struct Code: Hashable, Sendable {
    let name: String

    /// An operator does not accept its inputs.
    public static let shape = Code(name: "shape")
    /// The graph breaks one of its own rules.
    public static let structure = Code(name: "structure")
    /// The nodes depend on one another in a circle.
    public static let cycle = Code(name: "cycle")
    /// A patch does not fit the graph.
    public static let patch = Code(name: "patch")
    /// The caller asked for something the graph does not have.
    public static let usage = Code(name: "usage")
    /// A node could not be computed.
    public static let evaluation = Code(name: "evaluation")
  }

  /// The kind of fault.
  public let code: Code
  /// One sentence about it, without the place.
  public let message: String
  /// The node or value it lies at, as a person would look for it.
  public let place: String?

  /// A fault at a node.
  public init(_ code: Code, node: String, op: OperatorKind, _ message: String) {
    self.code = code
    self.message = message
    place = "node '\(node)' (\(op))"
  }

  /// A fault at a value.
  public init(_ code: Code, value: String, _ message: String) {
    self.code = code
    self.message = message
    place = "value '\(value)'"
  }

  /// A fault of the whole graph.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
    place = nil
  }

  /// Place and message.
  public var description: String { place.map { "\($0): \(message)" } ?? message }
}
