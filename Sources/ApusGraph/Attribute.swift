public import ApusTensor

/// The value of a named attribute of a node in a model file.
public enum Attribute: Hashable, Sendable {
  case int(Int64)
  case float(Float)
  case string(String)
  case tensor(Tensor)
  case ints([Int64])
  case floats([Float])
  case strings([String])
  /// An attribute kept as the bytes it has in its file format: subgraphs, sparse tensors and the like.
  case opaque(kind: String, bytes: [UInt8])

  /// What a person calls the kind of value.
  public var kindName: String {
    switch self {
    case .int: "integer"
    case .float: "float"
    case .string: "string"
    case .tensor: "tensor"
    case .ints: "list of integers"
    case .floats: "list of floats"
    case .strings: "list of strings"
    case .opaque(let kind, _): kind
    }
  }
}
