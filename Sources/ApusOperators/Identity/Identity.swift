package import ApusGraph
package import ApusTensor

/// Its input, unchanged.
///
/// Opsets 1 to 25 differ in types only.
package struct Identity: Elementwise, Transparent, ShapeOnly {
  package static let kind = OperatorKind("Identity")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    [try context.input(0)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    [try inputs.required(0)]
  }
}
