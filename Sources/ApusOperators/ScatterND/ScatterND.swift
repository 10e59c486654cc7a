package import ApusGraph
package import ApusTensor

/// Its first input with slices of the third put where the index tuples of the second one, its last axis,
/// point.
///
/// In ONNX since opset 11; 16 and 18 added reductions.
package struct ScatterND: Operator {
  package static let kind = OperatorKind("ScatterND")

  /// What becomes of the element that was there.
  package let reduction: ScatterReduction

  package init(reduction: ScatterReduction = .none) { self.reduction = reduction }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    reduction = try ScatterReduction(from: record)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 11)
    try reduction.encode(into: &record)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let data = try context.input(0)
    let indices = try context.input(1)
    let updates = try context.input(2)
    try Indexing.requireIntegers(indices)
    if let left = data.dtype, let right = updates.dtype, left != right {
      throw OperatorError("data and updates must have one type, but are \(left) and \(right)")
    }
    guard let shape = data.shape, let tuples = indices.shape else {
      return [Fact(data.dtype, data.shape)]
    }
    guard let last = tuples.last else { throw OperatorError("indices must have an axis") }
    guard let length = last.fixed else { return [Fact(data.dtype, shape)] }
    guard length <= shape.count else {
      throw OperatorError("tuples of \(length) indices are too long for data of shape \(shape)")
    }
    let expected = Array(tuples.dropLast()) + Array(shape[length...])
    if updates.contradicts(Fact(nil, expected)) {
      throw OperatorError("updates must have shape \(expected), but are \(updates)")
    }
    return [Fact(data.dtype, shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    _ = try outputShape(inputs)
    let data = try inputs.required(0)
    let indices = try inputs.required(1)
    let starts = try Indexing.tuplePlaces(indices, in: data.shape)
    let length = indices.shape[indices.shape.rank - 1]
    let block = data.shape.dimensions[length...].reduce(1, *)
    let places = starts.flatMap { $0..<$0 + block }
    return [reduction.apply(try inputs.required(2), at: places, of: data)]
  }
}
