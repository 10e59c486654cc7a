package import ApusGraph
package import ApusTensor

/// Running sums along an axis, the second input, a scalar.
///
/// In ONNX since opset 11; 14 differs in types only.
package struct CumSum: Operator {
  package static let kind = OperatorKind("CumSum")

  /// Whether an element is left out of its own sum.
  package let exclusive: Bool
  /// Whether sums run from the end.
  package let reverse: Bool

  package init(exclusive: Bool = false, reverse: Bool = false) {
    self.exclusive = exclusive
    self.reverse = reverse
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    exclusive = try record.int("exclusive", default: 0) != 0
    reverse = try record.int("reverse", default: 0) != 0
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 11)
    record.set("exclusive", exclusive)
    record.set("reverse", reverse)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    _ = try context.input(1)
    if let shape = input.shape, let axes = context.integers(1) {
      guard axes.count == 1 else { throw OperatorError("the axis must be one number: \(axes)") }
      _ = try Axes.resolved(axes[0], rank: shape.count)
    }
    return [Fact(input.dtype, input.shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let axes = try inputs.required(1)
    guard axes.count == 1 else {
      throw OperatorError("the axis must be one number: \(axes.integers)")
    }
    let axis = try Axes.resolved(Int(axes.integers[0]), rank: input.shape.rank)
    if input.dtype.isFloatingPoint {
      let sums = sums(of: input.doubles, shape: input.shape, axis: axis, zero: 0, +)
      return [Tensor(doubles: sums, dtype: input.dtype, shape: input.shape)]
    }
    let sums = sums(of: input.integers, shape: input.shape, axis: axis, zero: 0, &+)
    return [Tensor(integers: sums, dtype: input.dtype, shape: input.shape)]
  }

  private func sums<Number>(
    of numbers: [Number], shape: Shape, axis: Int, zero: Number,
    _ add: (Number, Number) -> Number
  ) -> [Number] {
    var result = numbers
    let (outer, size, inner) = shape.split(at: axis)
    for row in 0..<outer {
      for column in 0..<inner {
        var sum = zero
        for step in 0..<size {
          let place = (row * size + (reverse ? size - 1 - step : step)) * inner + column
          let next = add(sum, numbers[place])
          result[place] = exclusive ? sum : next
          sum = next
        }
      }
    }
    return result
  }
}
