package import ApusGraph
package import ApusTensor

/// Its first input with elements of the third put at the places the second one, indices along an axis, says.
///
/// In ONNX since opset 11; 16 and 18 added reductions.
package struct ScatterElements: Operator {
  package static let kind = OperatorKind("ScatterElements")

  /// The axis; negative from the end.
  package let axis: Int
  /// What becomes of the element that was there.
  package let reduction: ScatterReduction

  package init(axis: Int = 0, reduction: ScatterReduction = .none) {
    self.axis = axis
    self.reduction = reduction
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    axis = try record.int("axis", default: 0)
    reduction = try ScatterReduction(from: record)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 11)
    record.set("axis", axis)
    try reduction.encode(into: &record)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let data = try context.input(0)
    let indices = try context.input(1)
    let updates = try context.input(2)
    try Indexing.requireIntegers(indices)
    try Indexing.requireWithin(indices.shape, data.shape, except: axis)
    if Fact(nil, indices.shape).contradicts(Fact(nil, updates.shape)) {
      throw OperatorError("indices \(indices) and updates \(updates) differ in shape")
    }
    if let left = data.dtype, let right = updates.dtype, left != right {
      throw OperatorError("data and updates must have one type, but are \(left) and \(right)")
    }
    return [Fact(data.dtype, data.shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    _ = try outputShape(inputs)
    let data = try inputs.required(0)
    let places = try Indexing.places(
      along: axis, of: data.shape, indices: try inputs.required(1))
    return [reduction.apply(try inputs.required(2), at: places, of: data)]
  }
}
