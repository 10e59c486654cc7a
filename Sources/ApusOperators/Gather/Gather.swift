package import ApusGraph
package import ApusTensor

/// The slices of its first input along an axis that the second one lists; negative indices count from the
/// end.
///
/// Opset 11 allowed negative indices; 13 differs in types only.
package struct Gather: Operator {
  package static let kind = OperatorKind("Gather")

  /// The axis; negative from the end.
  package let axis: Int

  package init(axis: Int = 0) { self.axis = axis }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    axis = try record.int("axis", default: 0)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    record.set("axis", axis)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    let indices = try context.input(1)
    try Indexing.requireIntegers(indices)
    guard let shape = input.shape, let places = indices.shape else {
      return [Fact(input.dtype, nil)]
    }
    let axis = try Axes.resolved(axis, rank: shape.count)
    let result = Array(shape[..<axis]) + places + Array(shape[(axis + 1)...])
    if let content = input.content, shape.count == 1, places.count <= 1, let dtype = input.dtype,
      let listed = context.integers(1)
    {
      let places = try Indexing.resolved(listed, size: content.count)
      return [Fact(content: places.map { content[$0] }, dtype: dtype, rank: result.count)]
    }
    try OutputSize.check(result)
    return [Fact(input.dtype, result)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let indices = try inputs.required(1)
    let shape = try outputShape([input, indices])
    let axis = try Axes.resolved(axis, rank: input.shape.rank)
    let (outer, size, inner) = input.shape.split(at: axis)
    let listed = try Indexing.resolved(indices.integers.map { Int($0) }, size: size)
    var places: [Int] = []
    places.reserveCapacity(shape.count)
    for row in 0..<outer {
      for index in listed {
        let start = (row * size + index) * inner
        places.append(contentsOf: start..<start + inner)
      }
    }
    return [input.selecting(places, shape: shape)]
  }
}
