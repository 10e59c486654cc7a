package import ApusGraph
package import ApusTensor

/// The number of elements of the input, as an int64 scalar.
///
/// Opsets 1 to 25 differ in types only.
package struct Size: Operator {
  package static let kind = OperatorKind("Size")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    guard let shape = try context.input(0).shape else { return [Fact(.int64, [])] }
    return [Fact(content: [Dimension.product(shape)], rank: 0)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    [Tensor(scalar: Int64(try inputs.required(0).count))]
  }
}
