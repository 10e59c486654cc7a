package import ApusGraph
package import ApusTensor

/// For each index of its first input a row of `depth` elements: the on-value at the index, else the
/// off-value.
///
/// Inputs: indices, depth (a scalar or one element), values (off, on). Indices beyond the depth give rows
/// of off-values. Opset 11 allowed negative indices.
package struct OneHot: Operator {
  package static let kind = OperatorKind("OneHot")

  /// The axis of the rows in the output; negative from the end.
  package let axis: Int

  package init(axis: Int = -1) { self.axis = axis }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    axis = try record.int("axis", default: -1)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    record.set("axis", axis)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let indices = try context.input(0)
    let values = try context.input(2)
    if let count = values.listCount, count != 2 {
      throw OperatorError("values must be two, off and on, but are \(count)")
    }
    let depth = try context.input(1)
    guard var shape = indices.shape else { return [Fact(values.dtype, nil)] }
    let axis = try Axes.resolved(axis, rank: shape.count + 1)
    var size = depth.sizes?.first ?? context.unknownSize("depth")
    if let constant = depth.constant { size = .fixed(try Self.depth(constant)) }
    shape.insert(size, at: axis)
    try OutputSize.check(shape)
    return [Fact(values.dtype, shape)]
  }

  private static func depth(_ tensor: Tensor) throws(OperatorError) -> Int {
    guard tensor.count == 1, tensor.integers[0] >= 0 else {
      throw OperatorError("the depth must be one number of at least 0, but is \(tensor.integers)")
    }
    return Int(tensor.integers[0])
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let indices = try inputs.required(0)
    let depth = try Self.depth(try inputs.required(1))
    let values = try inputs.required(2)
    guard values.count == 2 else {
      throw OperatorError("values must be two, off and on, but are \(values.count)")
    }
    let shape = try outputShape(inputs)
    let axis = try Axes.resolved(axis, rank: shape.rank)
    var places = [Int](repeating: 0, count: shape.count)
    let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
    for (element, index) in indices.integers.enumerated() {
      guard index >= -Int64(depth), index < Int64(depth) else { continue }
      let row = index < 0 ? Int(index) + depth : Int(index)
      places[(element / inner * depth + row) * inner + element % inner] = 1
    }
    return [values.selecting(places, shape: shape)]
  }
}
