/// What is wrong with a model as a member of its family, and where.
public struct FamilyError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of fault.
  public struct Code: Sendable, Hashable {
    let name: String

    /// The checkpoint is of another family than the one asked for, or of none that is known.
    public static let wrongFamily = Code(name: "wrongFamily")
    /// No published network has the name asked for.
    public static let unknownVariant = Code(name: "unknownVariant")
    /// A module of a class that no block here stands for.
    public static let unsupportedModule = Code(name: "unsupportedModule")
    /// The record of a module lacks something or contradicts itself.
    public static let badRecord = Code(name: "badRecord")
    /// Tensors are missing, left over or of another shape.
    public static let weights = Code(name: "weights")
    /// The tensors of the file cannot be read.
    public static let checkpoint = Code(name: "checkpoint")
    /// The blocks do not fit together.
    public static let graph = Code(name: "graph")
    /// The outputs given to a decoder are not those of the model.
    public static let heads = Code(name: "heads")
  }

  /// The kind of fault.
  public let code: Code
  /// The module or tensor at fault, such as `model.9.cv1`; nil for the whole model.
  public let place: String?
  /// What was found, what was expected and what to do.
  public let message: String

  /// A fault at a place.
  public init(_ code: Code, at place: String? = nil, _ message: String) {
    self.code = code
    self.place = place
    self.message = message
  }

  /// Place and message.
  public var description: String { place.map { "\($0): \(message)" } ?? message }
}
