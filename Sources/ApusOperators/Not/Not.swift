package import ApusGraph
package import ApusTensor

/// Whether its input is false.
///
/// Unchanged since opset 1.
package struct Not: Elementwise {
  package static let kind = OperatorKind("Not")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    if let dtype = input.dtype, dtype != .bool {
      throw OperatorError("the input must be bool, but is \(dtype)")
    }
    return [Fact(.bool, input.shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    return [Tensor(input.booleans.map { !$0 }, shape: input.shape)]
  }
}
