package import ApusGraph
package import ApusTensor

/// Numbers from a start, by a step, to before a limit; all three are scalar inputs.
///
/// In ONNX since opset 11; 27 added the precision of the sums in 16-bit types, which is exceeded here.
package struct RangeOf: Operator {
  package static let kind = OperatorKind("Range")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 11)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let (start, limit, step) = (
      try context.input(0), try context.input(1), try context.input(2)
    )
    let dtype = start.dtype
    let unknown = Fact(dtype, [context.unknownSize("count")])
    if let start = start.constant, let limit = limit.constant, let step = step.constant {
      return [Fact(dtype, [.fixed(try Self.count(start, limit, step))])]
    }
    // With a step that is known, the count follows from sizes that are not.
    guard let first = start.content?.first, let last = limit.content?.first,
      let number = step.content?.first?.fixed, number != 0, number != .min
    else { return [unknown] }
    let span = number > 0 ? last - first : first - last
    if let size = span.fixed, size <= 0 { return [Fact(dtype, [0])] }
    let count = span.dividedRoundingUp(by: abs(number))
    try OutputSize.check([count])
    guard let size = count.fixed, size <= Fact.maximumContent, let dtype else {
      return [Fact(dtype, [count])]
    }
    return [Fact(content: (0..<size).map { first + number * $0 }, dtype: dtype)]
  }

  /// max(ceil((limit - start) / step), 0).
  private static func count(
    _ start: Tensor, _ limit: Tensor, _ step: Tensor
  ) throws(OperatorError) -> Int {
    for tensor in [start, limit, step] where tensor.count != 1 || tensor.dtype != start.dtype {
      throw OperatorError("start, limit and step must be scalars of one type")
    }
    let count: Double
    if start.dtype.isFloatingPoint {
      count = ((limit.doubles[0] - start.doubles[0]) / step.doubles[0]).rounded(.up)
    } else {
      let (first, last, by) = (start.integers[0], limit.integers[0], step.integers[0])
      guard by != 0 else { throw OperatorError("the step is 0") }
      let (span, overflow) = last.subtractingReportingOverflow(first)
      guard !overflow else { throw OperatorError("a range from \(first) to \(last) is too long") }
      guard span != 0, (span > 0) == (by > 0) else { return 0 }
      // Magnitudes, as the smallest integer has no opposite.
      count = Double((span.magnitude - 1) / by.magnitude + 1)
    }
    guard count <= Double(OutputSize.maximum) else {
      throw OperatorError("a range of \(count) numbers is larger than \(OutputSize.maximum)")
    }
    return Int(max(count, 0))
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let (start, step) = (try inputs.required(0), try inputs.required(2))
    let count = try Self.count(start, try inputs.required(1), step)
    if start.dtype.isFloatingPoint {
      let (first, by) = (start.doubles[0], step.doubles[0])
      let numbers = (0..<count).map { first + Double($0) * by }
      return [Tensor(doubles: numbers, dtype: start.dtype, shape: [count])]
    }
    let (first, by) = (start.integers[0], step.integers[0])
    let numbers = (0..<count).map { first &+ Int64($0) &* by }
    return [Tensor(integers: numbers, dtype: start.dtype, shape: [count])]
  }
}
