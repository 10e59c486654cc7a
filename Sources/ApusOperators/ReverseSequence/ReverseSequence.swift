package import ApusGraph
package import ApusTensor

/// Its input with the first so many elements along the time axis reversed, as the second input says for each
/// place of the batch axis.
///
/// In ONNX since opset 10; 28 differs in types only.
package struct ReverseSequence: Operator {
  package static let kind = OperatorKind("ReverseSequence")

  /// The axis of the sequences.
  package let batchAxis: Int
  /// The axis along which elements are reversed.
  package let timeAxis: Int

  package init(batchAxis: Int = 1, timeAxis: Int = 0) {
    self.batchAxis = batchAxis
    self.timeAxis = timeAxis
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    batchAxis = try record.int("batch_axis", default: 1)
    timeAxis = try record.int("time_axis", default: 0)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 10)
    record.set("batch_axis", batchAxis)
    record.set("time_axis", timeAxis)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    let lengths = try context.input(1)
    guard let shape = input.shape else { return [Fact(input.dtype, nil)] }
    let axes = try Axes.resolved([batchAxis, timeAxis], rank: shape.count)
    if let given = lengths.shape, given.count != 1 || given[0].contradicts(shape[axes[0]]) {
      throw OperatorError("lengths of shape \(given) do not fit a batch of \(shape[axes[0]])")
    }
    return [Fact(input.dtype, shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let lengths = try inputs.required(1).integers
    let shape = try outputShape(inputs)
    let axes = try Axes.resolved([batchAxis, timeAxis], rank: shape.rank)
    let size = shape[axes[1]]
    guard lengths.allSatisfy({ $0 >= 0 && $0 <= Int64(size) }) else {
      throw OperatorError("lengths must lie in 0...\(size), but are \(lengths)")
    }
    let step = shape.strides[axes[1]]
    var places: [Int] = []
    places.reserveCapacity(shape.count)
    shape.forEachIndex { index in
      let (length, time) = (Int(lengths[index[axes[0]]]), index[axes[1]])
      let moved = time < length ? length - 1 - 2 * time : 0
      places.append(places.count + moved * step)
    }
    return [input.selecting(places, shape: shape)]
  }
}
