package import ApusGraph
package import ApusTensor

/// Its input without some axes of size 1.
///
/// The axes are the second input, an attribute before opset 13; all axes of size 1 where absent. Opset 11
/// allowed negative ones.
package struct Squeeze: ShapeOnly {
  package static let kind = OperatorKind("Squeeze")

  package init() {}

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    if record.opset < 13, let axes = try record.ints("axes") {
      record.addConstantInput(Tensor(axes.map(Int64.init)), at: 1)
    }
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    if record.opset < 13, let axes = try record.takeConstantInput(1, named: "axes") {
      record.set("axes", axes.integers.map { Int($0) })
    }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    guard let shape = input.shape else { return [Fact(input.dtype, nil)] }
    let axes: [Int]
    if let given = context[1] {
      guard let listed = context.integers(1) else {
        guard let count = given.listCount, count <= shape.count else {
          return [Fact(input.dtype, nil)]
        }
        return [
          Fact(input.dtype, context.unknownSizes("squeeze", rank: shape.count - count))
        ]
      }
      axes = try Axes.resolved(listed, rank: shape.count)
    } else {
      // A symbol could turn out to be 1.
      guard shape.allSatisfy({ $0.fixed != nil }) else { return [Fact(input.dtype, nil)] }
      axes = shape.indices.filter { shape[$0] == 1 }
    }
    for axis in axes where shape[axis].contradicts(1) {
      throw OperatorError("axis \(axis) of \(shape) has size \(shape[axis]), not 1")
    }
    let rest = shape.indices.filter { !axes.contains($0) }.map { shape[$0] }
    if let content = input.content, let dtype = input.dtype, !rest.isEmpty || content.count == 1 {
      return [Fact(content: content, dtype: dtype, rank: rest.count)]
    }
    return [Fact(input.dtype, rest)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    [try inputs.required(0).withShape(try outputShape(inputs))]
  }
}
