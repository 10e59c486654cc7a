package import ApusGraph
package import ApusTensor

/// For each element of the second input, an index along an axis, the element of the first input at that
/// place and otherwise the same one.
///
/// In ONNX since opset 11; 13 differs in types only.
package struct GatherElements: Operator {
  package static let kind = OperatorKind("GatherElements")

  /// The axis; negative from the end.
  package let axis: Int

  package init(axis: Int = 0) { self.axis = axis }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    axis = try record.int("axis", default: 0)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 11)
    record.set("axis", axis)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    let indices = try context.input(1)
    try Indexing.requireIntegers(indices)
    try Indexing.requireWithin(indices.shape, input.shape, except: axis)
    return [Fact(input.dtype, indices.shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let indices = try inputs.required(1)
    _ = try outputShape([input, indices])
    let places = try Indexing.places(along: axis, of: input.shape, indices: indices)
    return [input.selecting(places, shape: indices.shape)]
  }
}
