package import ApusGraph
package import ApusTensor

/// Two axes: the product of the sizes before an axis, and that of the others.
///
/// Opset 11 allowed a negative axis; the others differ in types only.
package struct Flatten: ShapeOnly {
  package static let kind = OperatorKind("Flatten")

  /// The first axis of the second group, up to and including the number of axes.
  package let axis: Int

  package init(axis: Int = 1) { self.axis = axis }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    axis = try record.int("axis", default: 1)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    if axis < 0 { try record.require(opset: 11) }
    record.set("axis", axis)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    guard let shape = input.shape else {
      return [Fact(input.dtype, context.unknownSizes("flatten", rank: 2))]
    }
    guard axis >= -shape.count, axis <= shape.count else {
      throw OperatorError("axis \(axis) is not one of \(shape.count) axes")
    }
    let place = axis < 0 ? axis + shape.count : axis
    return [
      Fact(input.dtype, [Dimension.product(shape[..<place]), Dimension.product(shape[place...])])
    ]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    [try inputs.required(0).withShape(try outputShape(inputs))]
  }
}
