public import ApusTensor

/// An operator Apus does not know: kept with its name and attributes, so that a file can be inspected and
/// written back, but not run.
public struct ForeignOperator: Operator {
  /// A name no file contains; a value's own name is in `kind`.
  public static let kind = OperatorKind("Foreign", domain: OperatorKind.apusDomain)

  /// Name and set as the file has them.
  public let kind: OperatorKind
  /// Attributes as the file has them.
  public let attributes: [String: Attribute]

  /// An operator of the given name and attributes.
  public init(kind: OperatorKind, attributes: [String: Attribute]) {
    self.kind = kind
    self.attributes = attributes
  }

  /// Keeps the attributes under this type's own name; files are read with `init(kind:attributes:)`.
  public init(from record: inout OperatorRecord) throws(OperatorError) {
    self.init(kind: Self.kind, attributes: record.attributes)
  }

  /// Gives the attributes back.
  public func encode(into record: inout OperatorRecord) throws(OperatorError) {
    record.attributes = attributes
  }

  /// Nothing is known of the outputs.
  public func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    [Fact](repeating: .unknown, count: context.outputCount)
  }

  /// Fails: what is not known cannot be run.
  public func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    throw OperatorError("operator '\(kind)' is not known to Apus and cannot be run")
  }
}
