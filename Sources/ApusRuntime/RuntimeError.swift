/// Why a plan cannot be loaded or run.
public struct RuntimeError: Error, Equatable, CustomStringConvertible {
  /// What kind of thing is wrong.
  public struct Code: Hashable, Sendable {
    let name: String
    /// The plan was compiled for another processor.
    public static let processor = Code(name: "processor")
    /// The plan contradicts itself.
    public static let plan = Code(name: "plan")
    /// An input does not fit.
    public static let input = Code(name: "input")
    /// The system refuses a thread.
    public static let thread = Code(name: "thread")
    /// A step that is computed outside the plan failed.
    public static let hostOperators = Code(name: "hostOperators")
  }

  /// What kind of thing is wrong.
  public let code: Code
  /// What was expected and what was found.
  public let message: String

  /// Makes an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }
}
