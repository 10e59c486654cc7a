package import ApusGraph
package import ApusTensor

/// A matrix of the input's shape with 1 on a diagonal and 0 elsewhere.
///
/// In ONNX since opset 9; 22 differs in types only.
package struct EyeLike: Operator {
  package static let kind = OperatorKind("EyeLike")

  /// The type; nil for that of the input.
  package let dtype: DType?
  /// How far the diagonal lies to the right of the main one.
  package let diagonal: Int

  package init(dtype: DType? = nil, diagonal: Int = 0) {
    self.dtype = dtype
    self.diagonal = diagonal
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    if let number = try record.int("dtype") {
      dtype = try DType(elementNumber: number)
    } else {
      dtype = nil
    }
    diagonal = try record.int("k", default: 0)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    if let dtype { record.set("dtype", dtype.elementNumber) }
    record.set("k", diagonal)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    if let shape = input.shape, shape.count != 2 {
      throw OperatorError("the input must have 2 axes, but has shape \(shape)")
    }
    return [Fact(dtype ?? input.dtype, input.shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let shape = try outputShape(inputs)
    let columns = shape[1]
    let numbers = (0..<shape.count).map { place -> Int64 in
      place % columns - place / columns == diagonal ? 1 : 0
    }
    return [Tensor(integers: numbers, dtype: dtype ?? input.dtype, shape: shape)]
  }
}
