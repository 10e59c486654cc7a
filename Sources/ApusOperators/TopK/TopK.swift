package import ApusGraph
package import ApusTensor

/// The `k` largest or smallest elements along an axis, and where they lie (int64).
///
/// Inputs: X, and K of one element, an attribute before opset 10. Of equal elements the one of lower index
/// comes first; NaN counts as larger than every number. Opset 11 adds smallest and unsorted.
package struct TopK: Operator {
  package static let kind = OperatorKind("TopK")

  /// The axis.
  package var axis: Int
  /// Whether the largest elements are taken.
  package var largest: Bool
  /// Whether they are given in order, which this evaluation always does.
  package var sorted: Bool

  /// A selection along the given axis.
  package init(axis: Int = -1, largest: Bool = true, sorted: Bool = true) {
    self.axis = axis
    self.largest = largest
    self.sorted = sorted
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    axis = try record.int("axis", default: -1)
    largest = try record.int("largest", default: 1) != 0
    sorted = try record.int("sorted", default: 1) != 0
    if record.opset < 10 {
      guard let k = try record.int("k") else { throw OperatorError("attribute 'k' is missing") }
      record.addConstantInput(Tensor([Int64(k)]), at: 1)
    }
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    if axis != -1 { record.set("axis", axis) }
    if record.opset < 10 {
      guard let k = try record.takeConstantInput(1, named: "K"), k.count == 1 else {
        throw OperatorError("input 'K' must be of one element")
      }
      record.set("k", k.ints[0])
    }
    if !largest {
      try record.require(opset: 11)
      record.set("largest", false)
    }
    if !sorted && record.opset >= 11 { record.set("sorted", false) }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let x = try context.input(0)
    let k = try context.input(1)
    guard var shape = x.shape else { return [Fact(x.dtype, nil), Fact(.int64, nil)] }
    let place = try Axes.resolved(axis, rank: shape.count)
    if let content = k.content, content.count == 1 {
      try check(content[0], against: shape[place])
      shape[place] = content[0]
    } else {
      shape[place] = context.unknownSize("k")
    }
    return [Fact(x.dtype, shape), Fact(.int64, shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let x = try inputs.required(0)
    let counts = try inputs.required(1).ints
    guard counts.count == 1 else {
      throw OperatorError("input 'K' must be of one element, but has \(counts.count)")
    }
    let place = try Axes.resolved(axis, rank: x.shape.rank)
    try check(.fixed(counts[0]), against: .fixed(x.shape[place]))
    var sizes = x.shape.dimensions
    sizes[place] = counts[0]
    let shape = try OutputSize.shape(sizes.map(Dimension.fixed))
    let places: [Int]
    if x.dtype.isFloatingPoint {
      places = select(counts[0], x.doubles, x.shape, place) {
        $0 == $1 || ($0.isNaN && $1.isNaN) ? nil : $1.isNaN ? false : $0.isNaN || $0 > $1
      }
      let elements = x.doubles
      let values = places.map { elements[$0] }
      return [
        Tensor(doubles: values, dtype: x.dtype, shape: shape),
        indices(places, x.shape, place, shape),
      ]
    }
    let elements = x.integers
    if x.dtype == .uint64 {
      places = select(counts[0], elements, x.shape, place) {
        $0 == $1 ? nil : UInt64(bitPattern: $0) > UInt64(bitPattern: $1)
      }
    } else {
      places = select(counts[0], elements, x.shape, place) { $0 == $1 ? nil : $0 > $1 }
    }
    return [
      Tensor(integers: places.map { elements[$0] }, dtype: x.dtype, shape: shape),
      indices(places, x.shape, place, shape),
    ]
  }

  private func check(_ k: Dimension, against size: Dimension) throws(OperatorError) {
    guard let k = k.fixed else { return }
    if k < 0 || size.fixed.map({ k > $0 }) ?? false {
      throw OperatorError(
        "input 'K' must be from 0 to \(size), the size of axis \(axis), but is \(k)")
    }
  }

  /// Places in the input, in the order of the output; `precedes` is nil for equal elements.
  private func select<Number>(
    _ k: Int, _ elements: [Number], _ shape: Shape, _ axis: Int,
    _ precedes: (Number, Number) -> Bool?
  ) -> [Int] {
    guard k > 0, !elements.isEmpty else { return [] }
    let length = shape[axis]
    let inner = Sizes.product(shape.dimensions[(axis + 1)...])
    let outer = elements.count / length / inner
    var places = [Int](repeating: 0, count: outer * k * inner)
    for first in 0..<outer {
      for last in 0..<inner {
        let start = first * length * inner + last
        let order = (0..<length).sorted { a, b in
          let x = elements[start + a * inner]
          let y = elements[start + b * inner]
          return precedes(x, y).map { $0 == largest } ?? (a < b)
        }
        for (rank, index) in order.prefix(k).enumerated() {
          places[(first * k + rank) * inner + last] = start + index * inner
        }
      }
    }
    return places
  }

  private func indices(_ places: [Int], _ input: Shape, _ axis: Int, _ output: Shape) -> Tensor {
    let inner = Sizes.product(input.dimensions[(axis + 1)...])
    return Tensor(places.map { Int64($0 / inner % input[axis]) }, shape: output)
  }
}
