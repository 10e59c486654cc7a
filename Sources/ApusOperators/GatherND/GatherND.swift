package import ApusGraph
package import ApusTensor

/// The slices of its first input that the index tuples of the second one, its last axis, point at.
///
/// In ONNX since opset 11; 12 added the batch axes, 13 differs in types only.
package struct GatherND: Operator {
  package static let kind = OperatorKind("GatherND")

  /// The number of leading axes both inputs share.
  package let batchAxes: Int

  package init(batchAxes: Int = 0) { self.batchAxes = batchAxes }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    batchAxes = try record.int("batch_dims", default: 0)
    guard batchAxes >= 0 else { throw OperatorError("attribute 'batch_dims' is \(batchAxes)") }
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 11)
    if batchAxes != 0 {
      try record.require(opset: 12)
      record.set("batch_dims", batchAxes)
    }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    let indices = try context.input(1)
    try Indexing.requireIntegers(indices)
    guard let data = input.shape, let tuples = indices.shape else {
      return [Fact(input.dtype, nil)]
    }
    guard let last = tuples.last, batchAxes < tuples.count, batchAxes <= data.count else {
      throw OperatorError(
        "\(batchAxes) batch axes do not fit data of shape \(data) and indices of shape \(tuples)")
    }
    for axis in 0..<batchAxes where data[axis].contradicts(tuples[axis]) {
      throw OperatorError("data and indices differ along batch axis \(axis): \(data), \(tuples)")
    }
    guard let length = last.fixed else { return [Fact(input.dtype, nil)] }
    guard length <= data.count - batchAxes else {
      throw OperatorError("tuples of \(length) indices are too long for data of shape \(data)")
    }
    let result = Array(tuples.dropLast()) + Array(data[(batchAxes + length)...])
    try OutputSize.check(result)
    return [Fact(input.dtype, result)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let indices = try inputs.required(1)
    let shape = try outputShape([input, indices])
    let starts = try Indexing.tuplePlaces(indices, in: input.shape, batchAxes: batchAxes)
    let length = indices.shape[indices.shape.rank - 1]
    let block = input.shape.dimensions[(batchAxes + length)...].reduce(1, *)
    let places = starts.flatMap { $0..<$0 + block }
    return [input.selecting(places, shape: shape)]
  }
}
