package import ApusGraph
package import ApusTensor

/// The slices along an axis for which the second input, a list of truth values, is true.
///
/// Opset 11 allowed a negative axis; 28 differs in types only.
package struct Compress: Operator {
  package static let kind = OperatorKind("Compress")

  /// The axis; nil for all elements in a row.
  package let axis: Int?

  package init(axis: Int? = nil) { self.axis = axis }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    axis = try record.int("axis")
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    if let axis { record.set("axis", axis) }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    let condition = try context.input(1)
    if let rank = condition.rank, rank != 1 {
      throw OperatorError("the condition must have one axis, but is \(condition)")
    }
    let count =
      condition.constant.map { Dimension.fixed($0.booleans.count { $0 }) }
      ?? context.unknownSize("count")
    guard let axis else { return [Fact(input.dtype, [count])] }
    guard var shape = input.shape else { return [Fact(input.dtype, nil)] }
    shape[try Axes.resolved(axis, rank: shape.count)] = count
    return [Fact(input.dtype, shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    var input = try inputs.required(0)
    let condition = try inputs.required(1)
    let shape = try outputShape(inputs)
    if axis == nil { input = input.reshaped(to: [input.count]) }
    let chosen = condition.booleans.enumerated().filter(\.element).map { Int64($0.offset) }
    let gathered = try Gather(axis: axis ?? 0).evaluate([input, Tensor(chosen)])[0]
    guard gathered.shape == shape else {
      throw OperatorError("gives \(gathered.shape) for the expected \(shape)")
    }
    return [gathered]
  }
}
