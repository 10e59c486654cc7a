package import ApusGraph
package import ApusTensor

/// The matrix product, over stacks of matrices that are broadcast.
///
/// Opsets 1, 9 and 13 differ in types only.
package struct MatMul: Operator {
  package static let kind = OperatorKind("MatMul")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let a = try context.input(0)
    let b = try context.input(1)
    if let left = a.dtype, let right = b.dtype, left != right {
      throw OperatorError("'A' and 'B' must have one type, but are \(left) and \(right)")
    }
    return try MatrixProduct.infer(a, b, dtype: a.dtype ?? b.dtype)
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let a = try inputs.required(0)
    let b = try inputs.required(1)
    let product = try MatrixProduct(a.shape.facts, b.shape.facts)
    if a.dtype.isFloatingPoint {
      let result = try product.evaluate(a.doubles, b.doubles)
      return [Tensor(doubles: result.elements, dtype: a.dtype, shape: result.shape)]
    }
    let result = try product.evaluate(a.integers, b.integers)
    return [Tensor(integers: result.elements, dtype: a.dtype, shape: result.shape)]
  }

  package func multiplyAccumulates(inputs: [Fact?], outputs: [Fact]) -> Int {
    guard inputs.count == 2 else { return 0 }
    return MatrixProduct.multiplyAccumulates(inputs[0], inputs[1], outputs: outputs)
  }
}
