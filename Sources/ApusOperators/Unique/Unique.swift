package import ApusGraph
package import ApusTensor

/// The different elements, or slices along an axis, of its input.
///
/// Outputs: they; for each the index of its first occurrence; for each of the input its index among them;
/// for each how often it occurs. In ONNX since opset 11; 28 differs in types only.
package struct Unique: Operator {
  package static let kind = OperatorKind("Unique")

  /// The axis; nil for all elements in a row.
  package let axis: Int?
  /// Whether they are sorted, else in the order of their first occurrence.
  package let sorted: Bool

  package init(axis: Int? = nil, sorted: Bool = true) {
    self.axis = axis
    self.sorted = sorted
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    axis = try record.int("axis")
    sorted = try record.int("sorted", default: 1) != 0
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 11)
    if let axis { record.set("axis", axis) }
    record.set("sorted", sorted)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    let count = context.unknownSize("count")
    var whole: Dimension? = input.shape.map { Dimension.product($0) }
    var shape: [Dimension]? = [count]
    if let axis {
      shape = input.shape
      if let given = input.shape {
        let place = try Axes.resolved(axis, rank: given.count)
        whole = given[place]
        shape?[place] = count
      }
    }
    return [
      Fact(input.dtype, shape), Fact(.int64, [count]),
      Fact(.int64, [whole ?? context.unknownSize("all")]), Fact(.int64, [count]),
    ]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    var input = try inputs.required(0)
    if axis == nil { input = input.reshaped(to: [input.count]) }
    let axis = try Axes.resolved(axis ?? 0, rank: input.shape.rank)
    let order = Transpose([axis] + (0..<input.shape.rank).filter { $0 != axis })
    let rows = try order.evaluate([input])[0]
    let size = input.shape[axis]
    let groups =
      rows.dtype.isFloatingPoint
      ? groups(of: rows.doubles, count: size) : groups(of: rows.integers, count: size)
    var inverse = [Int64](repeating: 0, count: size)
    for (index, group) in groups.enumerated() {
      for member in group { inverse[member] = Int64(index) }
    }
    let firsts = groups.map { Int64($0[0]) }
    let chosen = try Gather(axis: axis).evaluate([input, Tensor(firsts)])[0]
    return [chosen, Tensor(firsts), Tensor(inverse), Tensor(groups.map { Int64($0.count) })]
  }

  /// The indices of equal rows, in the order of the output.
  private func groups<Number: Hashable & Comparable>(
    of numbers: [Number], count: Int
  ) -> [[Int]] {
    let width = count == 0 ? 0 : numbers.count / count
    func row(_ index: Int) -> ArraySlice<Number> { numbers[index * width..<(index + 1) * width] }
    var places: [[Number]: Int] = [:]
    var groups: [[Int]] = []
    for index in 0..<count {
      if let place = places[Array(row(index))] {
        groups[place].append(index)
      } else {
        places[Array(row(index))] = groups.count
        groups.append([index])
      }
    }
    guard sorted else { return groups }
    return groups.sorted { row($0[0]).lexicographicallyPrecedes(row($1[0])) }
  }
}
