package import ApusGraph
package import ApusTensor

/// Its input with axes of size 1 added.
///
/// The axes, counted in the output, are the second input, an attribute before opset 13. Opset 11 allowed
/// negative ones.
package struct Unsqueeze: ShapeOnly {
  package static let kind = OperatorKind("Unsqueeze")

  package init() {}

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    guard record.opset < 13 else { return }
    guard let axes = try record.ints("axes") else {
      throw OperatorError("attribute 'axes' is missing")
    }
    record.addConstantInput(Tensor(axes.map(Int64.init)), at: 1)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    if record.opset < 13, let axes = try record.takeConstantInput(1, named: "axes") {
      record.set("axes", axes.integers.map { Int($0) })
    }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    let given = try context.input(1)
    guard var shape = input.shape else { return [Fact(input.dtype, nil)] }
    guard let listed = context.integers(1) else {
      guard let count = given.listCount, count <= Fact.maximumContent else {
        return [Fact(input.dtype, nil)]
      }
      return [Fact(input.dtype, context.unknownSizes("unsqueeze", rank: shape.count + count))]
    }
    let axes = try Axes.resolved(listed, rank: shape.count + listed.count).sorted()
    for axis in axes { shape.insert(1, at: axis) }
    if let content = input.content, let dtype = input.dtype, shape.count <= 1 {
      return [Fact(content: content, dtype: dtype, rank: shape.count)]
    }
    return [Fact(input.dtype, shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    [try inputs.required(0).withShape(try outputShape(inputs))]
  }
}
