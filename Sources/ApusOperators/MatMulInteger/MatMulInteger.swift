package import ApusGraph
package import ApusTensor

/// The matrix product of 8-bit integers, as int32 sums.
///
/// Inputs: A, B, and their zero points: one element, or one for each row of A or column of B.
package struct MatMulInteger: Operator {
  package static let kind = OperatorKind("MatMulInteger")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 10)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let a = try context.input(0)
    let b = try context.input(1)
    try Sizes.require(a.dtype, "A", [.int8, .uint8])
    try Sizes.require(b.dtype, "B", [.int8, .uint8])
    return try MatrixProduct.infer(a, b, dtype: .int32)
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let a = try inputs.required(0)
    let b = try inputs.required(1)
    let result = try MatrixProduct(a.shape.facts, b.shape.facts).evaluate(
      try Quantisation.centred(
        a, zeroPoint: inputs.optional(2), axis: max(0, a.shape.rank - 2), name: "A"),
      try Quantisation.centred(b, zeroPoint: inputs.optional(3), axis: b.shape.rank - 1, name: "B"))
    return [Tensor(doubles: result.elements, dtype: .int32, shape: result.shape)]
  }

  package func multiplyAccumulates(inputs: [Fact?], outputs: [Fact]) -> Int {
    guard inputs.count > 1 else { return 0 }
    return MatrixProduct.multiplyAccumulates(inputs[0], inputs[1], outputs: outputs)
  }
}
