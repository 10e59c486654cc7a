/// What is wrong with a model file, or why it cannot be written.
public struct ONNXError: Error, Sendable, CustomStringConvertible {
  /// The kind of fault.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    let name: String

    /// The file cannot be opened, read or written.
    public static let file = Code(name: "file")
    /// The bytes are no ONNX model.
    public static let format = Code(name: "format")
    /// Something is larger than the limits allow.
    public static let limit = Code(name: "limit")
    /// The nodes do not form a graph: a value is missing, made twice, or depends on itself.
    public static let structure = Code(name: "structure")
    /// The elements of a tensor are missing, too many or of an unknown type.
    public static let tensor = Code(name: "tensor")
    /// An operator does not accept its attributes or inputs.
    public static let node = Code(name: "node")
    /// The model needs something Apus does not have.
    public static let unsupported = Code(name: "unsupported")

    /// The name of the kind.
    public var description: String { name }
  }

  /// The kind of fault.
  public let code: Code
  /// One sentence about it: what was expected and what was found.
  public let message: String
  /// The node, tensor, value or byte it lies at; nil for the whole file.
  public let place: String?
  /// What a person can do about it; nil where nothing is known to help.
  public let advice: String?
  /// The file, as the caller named it; nil for bytes without a name.
  public internal(set) var file: String?

  /// A fault at a place.
  public init(_ code: Code, _ message: String, at place: String? = nil, advice: String? = nil) {
    self.code = code
    self.message = message
    self.place = place
    self.advice = advice
  }

  /// File, place, message, and what to do.
  public var description: String {
    let parts = [file, place, message].compactMap { $0 }.joined(separator: ": ")
    return advice.map { "\(parts); \($0)" } ?? parts
  }

  func inFile(_ name: String?) -> ONNXError {
    var copy = self
    copy.file = file ?? name
    return copy
  }
}
