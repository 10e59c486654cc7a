package import ApusGraph
package import ApusTensor

/// A part of its input: along some axes, every `step`th element from a start to before an end.
///
/// Inputs: data, starts, ends, axes (all from the first where absent), steps (1 where absent). Before
/// opset 10 starts, ends and axes are attributes and every step is 1.
package struct Slice: Operator {
  package static let kind = OperatorKind("Slice")

  package init() {}

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    guard record.opset < 10 else { return }
    for (index, name) in ["starts", "ends", "axes"].enumerated() {
      if let values = try record.ints(name) {
        record.addConstantInput(Tensor(values.map(Int64.init)), at: index + 1)
      } else if name != "axes" {
        throw OperatorError("attribute '\(name)' is missing")
      }
    }
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    guard record.opset < 10 else { return }
    if let steps = try record.takeConstantInput(4, named: "steps") {
      guard steps.integers.allSatisfy({ $0 == 1 }) else { try record.require(opset: 10); return }
    }
    for (index, name) in ["starts", "ends", "axes"].enumerated().reversed() {
      guard let values = try record.takeConstantInput(index + 1, named: name) else { continue }
      record.set(name, values.integers.map { Int($0) })
    }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    guard var shape = input.shape else { return [Fact(input.dtype, nil)] }
    guard let ranges = try ranges(context, rank: shape.count) else {
      return [Fact(input.dtype, context.unknownSizes("slice", rank: shape.count))]
    }
    var selected: SliceRange.Fixed?
    for (axis, range) in ranges {
      if let size = shape[axis].fixed, let fixed = range.fixed(size: size) {
        shape[axis] = .fixed(fixed.count)
        selected = fixed
      } else {
        shape[axis] = range.count(of: shape[axis]) ?? context.unknownSize("slice\(axis)")
        selected = nil
      }
    }
    if let content = input.content, shape.count == 1, let dtype = input.dtype {
      if ranges.isEmpty { return [input] }
      if let selected {
        let sizes = (0..<selected.count).map { content[selected.start + $0 * selected.step] }
        return [Fact(content: sizes, dtype: dtype)]
      }
    }
    return [Fact(input.dtype, shape)]
  }

  /// The range of each sliced axis; nil where not even the axes are known.
  private func ranges(
    _ context: InferenceContext, rank: Int
  ) throws(OperatorError) -> [(axis: Int, range: SliceRange)]? {
    let starts = try context.input(1)
    let ends = try context.input(2)
    guard let count = starts.listCount ?? ends.listCount else { return nil }
    guard count <= rank else {
      throw OperatorError("slices \(count) axes, but there are only \(rank)")
    }
    for (name, fact) in [("ends", ends), ("axes", context[3]), ("steps", context[4])] {
      if let found = fact?.listCount, found != count {
        throw OperatorError("has \(count) starts, but \(found) \(name)")
      }
    }
    for content in [starts.content, ends.content].compactMap({ $0 }) where content.count != count {
      throw OperatorError("starts and ends must be lists of one length")
    }
    if context[3] != nil && context.integers(3) == nil { return nil }
    let axes = try Axes.resolved(context.integers(3) ?? Array(0..<count), rank: rank)
    let steps = context[4] == nil ? [Int](repeating: 1, count: count) : context.integers(4)
    guard axes.count == count, steps?.count ?? count == count else { return nil }
    if steps?.contains(0) == true { throw OperatorError("a step is 0") }
    return (0..<count).map { index in
      let range = SliceRange(
        start: starts.content?[index], end: ends.content?[index], step: steps?[index])
      return (axes[index], range)
    }
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let shape = try outputShape(inputs)
    let facts = inputs.map { $0.map(Fact.init(constant:)) }
    let context = InferenceContext(inputs: facts, outputCount: 1, scope: "")
    guard let ranges = try ranges(context, rank: input.shape.rank) else {
      throw OperatorError("starts, ends, axes and steps must be lists of int32 or int64")
    }
    var view = StridedView(sizes: shape.dimensions, steps: input.shape.strides)
    for (axis, range) in ranges {
      guard let fixed = range.fixed(size: input.shape[axis]) else {
        throw OperatorError("starts, ends and steps must be int32 or int64")
      }
      guard fixed.count > 0 else { continue }
      view.start += fixed.start * view.steps[axis]
      view.steps[axis] *= fixed.count == 1 ? 1 : fixed.step
    }
    return [input.selecting(view.places, shape: shape)]
  }
}
