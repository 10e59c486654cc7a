package import ApusGraph
package import ApusTensor

/// The matrix product of 8-bit integers with scales and zero points.
///
/// Inputs: a, its scale and zero point (one element, or one for each row); b, its scale and zero point (one
/// element, or one for each column); scale and zero point of the output. Opset 21 adds scales of
/// other floating-point types.
package struct QLinearMatMul: Operator {
  package static let kind = OperatorKind("QLinearMatMul")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 10)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let a = try context.input(0)
    let b = try context.input(3)
    try Sizes.require(a.dtype, "a", [.int8, .uint8])
    try Sizes.require(b.dtype, "b", [.int8, .uint8])
    return try MatrixProduct.infer(a, b, dtype: try context.input(7).dtype)
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let a = try inputs.required(0)
    let b = try inputs.required(3)
    let product = try MatrixProduct(a.shape.facts, b.shape.facts)
    let rowAxis = max(0, a.shape.rank - 2)
    let columnAxis = b.shape.rank - 1
    let result = try product.evaluate(
      try Quantisation.centred(a, zeroPoint: inputs.required(2), axis: rowAxis, name: "a"),
      try Quantisation.centred(b, zeroPoint: inputs.required(5), axis: columnAxis, name: "b"))
    let rowScales = try Quantisation.spread(
      inputs.required(1), over: a.shape, axis: rowAxis, name: "a_scale")
    let columnScales = try Quantisation.spread(
      inputs.required(4), over: b.shape, axis: columnAxis, name: "b_scale")
    let outputScale = try Quantisation.scalar(inputs.required(6), "y_scale")
    let columns = b.shape.rank == 1 ? 1 : b.shape[columnAxis]
    let zeroPoint = try inputs.required(7)
    return [
      try Quantisation.quantised(
        result.elements,
        scale: {
          rowScales[$0 / columns % rowScales.count] * columnScales[$0 % columnScales.count]
            / outputScale
        },
        zeroPoint: Quantisation.scalar(zeroPoint, "y_zero_point"), dtype: zeroPoint.dtype,
        shape: result.shape)
    ]
  }

  package func multiplyAccumulates(inputs: [Fact?], outputs: [Fact]) -> Int {
    guard inputs.count > 3 else { return 0 }
    return MatrixProduct.multiplyAccumulates(inputs[0], inputs[3], outputs: outputs)
  }
}
