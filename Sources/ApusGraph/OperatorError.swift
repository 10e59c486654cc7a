/// What is wrong with an operator's attributes, inputs or shapes; the graph adds the node's name.
public struct OperatorError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One sentence without a full stop: what was expected, what was found.
  public let message: String

  /// An error with the given message.
  public init(_ message: String) { self.message = message }

  /// The message.
  public var description: String { message }
}
