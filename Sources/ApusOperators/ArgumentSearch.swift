package import ApusGraph
package import ApusTensor

/// The place along an axis (int64) of the element that is ahead of all others.
///
/// Opset 12 adds `select_last_index`, 13 bfloat16.
package protocol ArgumentSearch: Operator {
  /// The axis.
  var axis: Int { get }
  /// Whether the axis stays with size 1.
  var keepsAxis: Bool { get }
  /// Whether the last of equal elements is taken, not the first.
  var takesLast: Bool { get }
  /// A search of the given form.
  init(axis: Int, keepsAxis: Bool, takesLast: Bool)
  /// Whether one element is ahead of another.
  func precedes<Number: Comparable>(_ a: Number, _ b: Number) -> Bool
}

extension ArgumentSearch {
  package init(from record: inout OperatorRecord) throws(OperatorError) {
    self.init(
      axis: try record.int("axis", default: 0),
      keepsAxis: try record.int("keepdims", default: 1) != 0,
      takesLast: try record.int("select_last_index", default: 0) != 0)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    record.set("axis", axis)
    if !keepsAxis { record.set("keepdims", false) }
    if takesLast {
      try record.require(opset: 12)
      record.set("select_last_index", true)
    }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    guard let shape = try context.input(0).shape else { return [Fact(.int64, nil)] }
    return [Fact(.int64, try output(shape))]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let shape = try OutputSize.shape(output(input.shape.facts))
    let place = try Axes.resolved(axis, rank: input.shape.rank)
    if input.shape[place] == 0 && shape.count > 0 {
      throw OperatorError("an axis of no elements has no largest or smallest")
    }
    let groups = try ReducedPlaces(input.shape, axes: [place])
    let results: [Int64]
    if input.dtype.isFloatingPoint {
      results = groups.map(input.doubles) { search($0) { $0.isNaN } }
    } else if input.dtype == .uint64 {
      results = groups.map(input.integers.map { UInt64(bitPattern: $0) }) {
        search($0) { _ in false }
      }
    } else {
      results = groups.map(input.integers) { search($0) { _ in false } }
    }
    return [Tensor(results, shape: shape)]
  }

  private func output(_ shape: [Dimension]) throws(OperatorError) -> [Dimension] {
    var sizes = shape
    let place = try Axes.resolved(axis, rank: shape.count)
    if keepsAxis { sizes[place] = 1 } else { sizes.remove(at: place) }
    return sizes
  }

  private func search<Number: Comparable>(
    _ elements: [Number], isUndefined: (Number) -> Bool
  ) -> Int64 {
    var best = 0
    for index in elements.indices.dropFirst() {
      // As in NumPy, a NaN is ahead of every number.
      if isUndefined(elements[best]) && !(takesLast && isUndefined(elements[index])) { continue }
      if isUndefined(elements[index]) || precedes(elements[index], elements[best])
        || (takesLast && elements[index] == elements[best])
      {
        best = index
      }
    }
    return Int64(best)
  }
}
