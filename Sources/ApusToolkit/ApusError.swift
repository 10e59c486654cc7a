/// What went wrong, said for a person: what, where, what was expected and what to do.
public struct ApusError: Error, Sendable, CustomStringConvertible {
  /// Who can mend it.
  public enum Kind: Sendable {
    /// The caller asked for something that makes no sense: exit code 2.
    case usage
    /// A file, a model or the machine does not allow it: exit code 1.
    case failure
  }

  /// Who can mend it.
  public let kind: Kind
  /// One or two sentences.
  public let message: String

  /// An error of the given kind.
  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// A file, a model or the machine does not allow it.
  public static func failure(_ message: String) -> ApusError { ApusError(.failure, message) }

  /// The caller asked for something that makes no sense.
  public static func usage(_ message: String) -> ApusError { ApusError(.usage, message) }

  /// The message.
  public var description: String { message }
}
