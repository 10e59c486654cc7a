package import ApusGraph
package import ApusTensor

/// The sizes of the input's axes from `start` to before `end`, as int64.
///
/// Opset 15 added the two attributes.
package struct ShapeOf: Operator {
  package static let kind = OperatorKind("Shape")

  /// The first axis; negative from the end; clamped to the axes there are.
  package let start: Int
  /// The axis after the last one; nil for all.
  package let end: Int?

  package init(start: Int = 0, end: Int? = nil) {
    self.start = start
    self.end = end
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    start = try record.int("start", default: 0)
    end = try record.int("end")
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    if start == 0 && end == nil { return }
    try record.require(opset: 15)
    record.set("start", start)
    if let end { record.set("end", end) }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    guard let shape = try context.input(0).shape else {
      return [Fact(.int64, [context.unknownSize("rank")])]
    }
    let axes = axes(rank: shape.count)
    return [Fact(content: Array(shape[axes]))]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let sizes = try inputs.required(0).shape.dimensions
    return [Tensor(sizes[axes(rank: sizes.count)].map(Int64.init))]
  }

  private func axes(rank: Int) -> Range<Int> {
    func clamped(_ axis: Int) -> Int {
      axis < 0 ? (axis < -rank ? 0 : axis + rank) : min(axis, rank)
    }
    let first = clamped(start)
    return first..<max(first, clamped(end ?? rank))
  }
}
