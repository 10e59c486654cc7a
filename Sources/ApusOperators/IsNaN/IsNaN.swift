package import ApusGraph
package import ApusTensor

/// Whether each number is NaN.
///
/// Opsets 9, 13 and 20 differ in types only.
package struct IsNaN: Elementwise {
  package static let kind = OperatorKind("IsNaN")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    [Fact(.bool, try context.input(0).shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    return [Tensor(input.doubles.map(\.isNaN), shape: input.shape)]
  }
}
