public import ApusTensor

/// The name of an operator and the set it belongs to.
public struct OperatorKind: Hashable, Sendable, CustomStringConvertible {
  /// The operator set: empty for ONNX's own.
  public let domain: String
  /// The operator's name in that set, such as `Conv`.
  public let name: String

  /// An operator of the given name; of ONNX's own set where no domain is given.
  public init(_ name: String, domain: String = "") {
    self.name = name
    self.domain = domain == "ai.onnx" ? "" : domain
  }

  /// Operators that only Apus has; they are expanded when a file is written.
  public static let apusDomain = "apus"

  /// The name, with the domain in front where it is not ONNX's own.
  public var description: String { domain.isEmpty ? name : "\(domain).\(name)" }
}

/// One operation of a graph: a value that holds its attributes.
///
/// Everything the rest of the house needs of an operator is in its conformance: how it is read and
/// written in each operator-set version, what shape its outputs have, what it computes and what it costs.
/// Passes ask what an operator is with `as?`, never by name.
public protocol Operator: Sendable, Hashable {
  /// Name and set.
  static var kind: OperatorKind { get }

  /// Reads attributes as the record's operator-set version has them, and brings the inputs into the
  /// canonical form.
  init(from record: inout OperatorRecord) throws(OperatorError)

  /// Writes attributes as the record's operator-set version has them.
  func encode(into record: inout OperatorRecord) throws(OperatorError)

  /// The facts of the outputs, as many as the node has; fails where the inputs do not fit.
  func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact]

  /// The outputs, computed in the plainest way there is; the oracle of every faster way.
  ///
  /// Returns at least as many tensors as the node has outputs. An absent optional input is nil.
  func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor]

  /// Multiply-accumulates of one evaluation; 0 for everything but convolutions and matrix products.
  func multiplyAccumulates(inputs: [Fact?], outputs: [Fact]) -> Int

  /// Builds the same computation from other operators, where the operator-set version lacks this one.
  ///
  /// - Returns: the outputs, or nil where the version has the operator.
  func expansion(
    opset: Int, inputs: [ValueID?], in patch: inout Patch
  ) throws(OperatorError) -> [ValueID]?

  /// Name and set of this value; differs from the type's only for operators kept from a file.
  var kind: OperatorKind { get }
}

extension Operator {
  /// Name and set of the type.
  public var kind: OperatorKind { Self.kind }

  /// None.
  public func multiplyAccumulates(inputs: [Fact?], outputs: [Fact]) -> Int { 0 }

  /// None is needed.
  public func expansion(
    opset: Int, inputs: [ValueID?], in patch: inout Patch
  ) throws(OperatorError) -> [ValueID]? { nil }

  /// Whether two operators are of one kind with equal attributes.
  public func isEqual(to other: any Operator) -> Bool { (other as? Self) == self }
}

/// An operator whose output element at a place depends only on its inputs' elements at that place (after
/// broadcasting): it commutes with reshapes, transposes and slices of all its inputs.
public protocol Elementwise: Operator {}

/// An elementwise operator of one input that is a function of one number.
public protocol ElementFunction: Elementwise {
  /// The function, in double precision.
  func callAsFunction(_ x: Double) -> Double
}

/// A binary operator whose two inputs may be exchanged.
public protocol Commutative: Operator {}

/// An operator that gives its first input's elements unchanged in order, under another shape.
public protocol ShapeOnly: Operator {}

/// An operator that gives its first input unchanged in inference.
public protocol Transparent: Operator {}
