package import ApusGraph
package import ApusTensor

/// An operator that replaces the elements along some axes by one number.
///
/// The axes are input 1, a list of integers; before opset 18 (ReduceSum: 13) they were an attribute. No
/// axes means all, or, with `keepsWithoutAxes`, that every element is reduced by itself.
package protocol Reduction: Operator {
  /// Whether reduced axes stay with size 1.
  var keepsAxes: Bool { get }
  /// Whether an empty list of axes reduces nothing (`noop_with_empty_axes`).
  var keepsWithoutAxes: Bool { get }
  /// The first opset in which the axes are an input.
  static var axesInputSince: Int { get }
  /// A reduction of the given form.
  init(keepsAxes: Bool, keepsWithoutAxes: Bool)
  /// The function of floating-point elements; may be given none.
  func apply(_ elements: [Double]) -> Double
  /// The function of integers or truth values, which wrap around; may be given none.
  func apply(_ elements: [Int64], dtype: DType) -> Int64
}

extension Reduction {
  package static var axesInputSince: Int { 18 }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    self.init(
      keepsAxes: try record.int("keepdims", default: 1) != 0,
      keepsWithoutAxes: try record.int("noop_with_empty_axes", default: 0) != 0)
    if record.opset < Self.axesInputSince, let axes = try record.ints("axes"), !axes.isEmpty {
      record.addConstantInput(Tensor(axes.map(Int64.init)), at: 1)
    }
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    if !keepsAxes { record.set("keepdims", false) }
    if record.opset >= Self.axesInputSince {
      if keepsWithoutAxes { record.set("noop_with_empty_axes", true) }
      return
    }
    let axes = try record.takeConstantInput(1, named: "axes")?.ints ?? []
    if !axes.isEmpty {
      record.set("axes", axes)
    } else if keepsWithoutAxes {
      try record.require(opset: Self.axesInputSince)
    }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    guard let shape = input.shape else { return [Fact(input.dtype, nil)] }
    if let given = context[1], given.constant == nil {
      try Sizes.require(given.dtype, "axes", [.int64])
      if keepsAxes {
        return [Fact(input.dtype, context.unknownSizes("output", rank: shape.count))]
      }
      guard let count = given.shape?.first?.fixed, count > 0, count <= shape.count else {
        return [Fact(input.dtype, nil)]
      }
      return [Fact(input.dtype, context.unknownSizes("output", rank: shape.count - count))]
    }
    let axes = try reducedAxes(context.integers(1) ?? [], rank: shape.count)
    return [Fact(input.dtype, output(shape, axes))]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let rank = input.shape.rank
    let axes = try reducedAxes(inputs.optional(1)?.ints ?? [], rank: rank)
    let groups = try ReducedPlaces(input.shape, axes: axes)
    let shape = Shape(try OutputSize.shape(output(input.shape.facts, axes)).dimensions)
    if input.dtype.isFloatingPoint {
      let elements = input.doubles
      let results = groups.map(elements) { apply($0) }
      return [Tensor(doubles: results, dtype: input.dtype, shape: shape)]
    }
    let elements = input.integers
    let results = groups.map(elements) { apply($0, dtype: input.dtype) }
    return [Tensor(integers: results, dtype: input.dtype, shape: shape)]
  }

  private func reducedAxes(_ axes: [Int], rank: Int) throws(OperatorError) -> [Int] {
    if axes.isEmpty { return keepsWithoutAxes ? [] : Array(0..<rank) }
    return try Axes.resolved(axes, rank: rank)
  }

  private func output(_ shape: [Dimension], _ axes: [Int]) -> [Dimension] {
    if keepsAxes { return shape.enumerated().map { axes.contains($0) ? 1 : $1 } }
    return shape.enumerated().filter { !axes.contains($0.offset) }.map(\.element)
  }
}

/// For each place of the output of a reduction, the places of the input it is made from.
package struct ReducedPlaces {
  /// The place of the first element of each group.
  package let starts: [Int]
  /// The distance of each element of a group from its first.
  package let offsets: [Int]

  /// The groups of a reduction along the given axes, counted from the front.
  package init(_ shape: Shape, axes: [Int]) throws(OperatorError) {
    let kept = (0..<shape.rank).filter { !axes.contains($0) }
    let reduced = (0..<shape.rank).filter(axes.contains)
    _ = try OutputSize.shape(kept.map { .fixed(shape[$0]) })
    _ = try OutputSize.shape(reduced.map { .fixed(shape[$0]) })
    starts = Self.places(shape, kept)
    offsets = Self.places(shape, reduced)
  }

  /// A number for each group of elements.
  package func map<Number, Result>(
    _ elements: [Number], _ body: ([Number]) -> Result
  ) -> [Result] {
    var results: [Result] = []
    results.reserveCapacity(starts.count)
    for start in starts { results.append(body(offsets.map { elements[start + $0] })) }
    return results
  }

  private static func places(_ shape: Shape, _ axes: [Int]) -> [Int] {
    var places = [0]
    var step = 1
    var steps = [Int](repeating: 0, count: shape.rank)
    for axis in (0..<shape.rank).reversed() {
      steps[axis] = step
      step &*= shape[axis]
    }
    for axis in axes {
      places = places.flatMap { place in (0..<shape[axis]).map { place &+ $0 &* steps[axis] } }
    }
    return places
  }
}

extension Reduction {
  /// The integer of a number, towards zero; beyond 64 bits the nearest there is.
  package func saturated(_ value: Double) -> Int64 {
    if value.isNaN { return 0 }
    return Int64(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
  }
}
