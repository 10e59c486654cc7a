package import ApusGraph
package import ApusTensor

/// The numbers of its first input as the type of the second one.
///
/// In ONNX since opset 15; attributes added later concern 8-bit floating-point types only.
package struct CastLike: Operator {
  package static let kind = OperatorKind("CastLike")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 15)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    guard let dtype = try context.input(1).dtype else { return [Fact(nil, input.shape)] }
    return [Cast.fact(input, as: dtype)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    [try inputs.required(0).converted(to: try inputs.required(1).dtype)]
  }
}
