package import ApusGraph
package import ApusTensor

/// Its input with elements added before and after it along the axes, or removed where a number is negative.
///
/// Inputs: data, pads (all befores, then all afters), the constant (0 where absent), the axes (all where
/// absent). Before opset 11 pads and constant are attributes; 18 added the axes, 19 the mode `wrap`.
package struct Pad: Operator {
  package static let kind = OperatorKind("Pad")

  /// Where the added elements come from.
  package enum Mode: String, Sendable {
    case constant
    /// Mirrored, without repeating the outermost element.
    case reflect
    /// The outermost element.
    case edge
    /// From the other end.
    case wrap
  }

  /// Where the added elements come from.
  package let mode: Mode

  package init(mode: Mode = .constant) { self.mode = mode }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    let name = try record.string("mode", default: "constant")
    guard let mode = Mode(rawValue: name) else {
      throw OperatorError(
        "attribute 'mode' must be constant, reflect, edge or wrap, but is '\(name)'")
    }
    self.mode = mode
    guard record.opset < 11 else { return }
    guard let pads = try record.ints("pads") else {
      throw OperatorError("attribute 'pads' is missing")
    }
    record.addConstantInput(Tensor(pads.map(Int64.init)), at: 1)
    if let value = try record.float("value") {
      record.addConstantInput(Tensor(scalar: value), at: 2)
    }
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    if mode == .wrap { try record.require(opset: 19) }
    if record.hasInput(3) { try record.require(opset: 18) }
    record.set("mode", mode.rawValue)
    guard record.opset < 11 else { return }
    if let value = try record.takeConstantInput(2, named: "constant_value") {
      guard value.dtype == .float32, value.count == 1 else { try record.require(opset: 11); return }
      record.set("value", value.floats[0])
    }
    if let pads = try record.takeConstantInput(1, named: "pads") {
      record.set("pads", pads.integers.map { Int($0) })
    }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    guard var shape = input.shape else { return [Fact(input.dtype, nil)] }
    guard let pads = try pads(context, rank: shape.count) else {
      return [Fact(input.dtype, context.unknownSizes("pad", rank: shape.count))]
    }
    for (axis, pad) in pads.enumerated() {
      shape[axis] = shape[axis] + pad.before + pad.after
      if let size = shape[axis].fixed, size < 0 {
        throw OperatorError("axis \(axis) would have size \(size) after padding")
      }
    }
    try OutputSize.check(shape)
    return [Fact(input.dtype, shape)]
  }

  /// What is added at both ends of every axis; nil where that is not known.
  private func pads(
    _ context: InferenceContext, rank: Int
  ) throws(OperatorError) -> [(before: Dimension, after: Dimension)]? {
    guard let listed = try context.input(1).content else { return nil }
    if context[3] != nil && context.integers(3) == nil { return nil }
    let axes = try Axes.resolved(context.integers(3) ?? Array(0..<rank), rank: rank)
    guard listed.count == 2 * axes.count else {
      throw OperatorError("\(axes.count) axes need \(2 * axes.count) pads, not \(listed.count)")
    }
    let limit = OutputSize.maximum
    for case .some(let pad) in listed.map(\.fixed) where pad < -limit || pad > limit {
      throw OperatorError("a pad of \(pad) is larger than \(limit)")
    }
    var pads = [(before: Dimension, after: Dimension)](repeating: (0, 0), count: rank)
    for (index, axis) in axes.enumerated() {
      pads[axis] = (listed[index], listed[axes.count + index])
    }
    return pads
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let shape = try outputShape(inputs)
    let facts = inputs.map { $0.map(Fact.init(constant:)) }
    let context = InferenceContext(inputs: facts, outputCount: 1, scope: "")
    guard let pads = try pads(context, rank: input.shape.rank) else {
      throw OperatorError("pads and axes must be lists of int32 or int64")
    }
    let fill =
      inputs.optional(2)?.converted(to: input.dtype) ?? Tensor(zeros: [1], dtype: input.dtype)
    guard fill.count == 1 else {
      throw OperatorError("the constant must be a scalar, but has shape \(fill.shape)")
    }
    var sources: [[Int?]] = []
    for (axis, pad) in pads.enumerated() {
      guard let before = pad.before.fixed, let after = pad.after.fixed else { continue }
      let row = try sourceIndices(size: input.shape[axis], before: before, after: after)
      sources.append(row)
    }
    let strides = input.shape.strides
    var places: [Int] = []
    places.reserveCapacity(shape.count)
    shape.forEachIndex { index in
      var place = 0
      for (axis, position) in index.enumerated() {
        guard let source = sources[axis][position] else {
          place = input.count
          break
        }
        place += source * strides[axis]
      }
      places.append(place)
    }
    return [Tensor.joined([input, fill]).selecting(places, shape: shape)]
  }

  /// For each place along an axis of the output, that of the input, or nil for the constant.
  ///
  /// Elements are removed first; what is left is mirrored or repeated.
  private func sourceIndices(
    size: Int, before: Int, after: Int
  ) throws(OperatorError) -> [Int?] {
    let first = max(0, -before)
    let left = size - first - max(0, -after)
    let indices = (0..<(size + before + after)).map { $0 - max(before, 0) }
    if mode == .constant {
      return indices.map { $0 >= 0 && $0 < left ? first + $0 : nil }
    }
    guard left > 0 || indices.isEmpty else {
      throw OperatorError("an axis without elements cannot be padded by mode '\(mode.rawValue)'")
    }
    return indices.map { index in
      switch mode {
      case .constant: nil
      case .edge: first + min(max(index, 0), left - 1)
      case .wrap: first + index.remainder(from: left)
      case .reflect:
        if left == 1 {
          first
        } else {
          first + left - 1 - abs(left - 1 - index.remainder(from: 2 * (left - 1)))
        }
      }
    }
  }
}

extension Int {
  /// The remainder of division rounded down: at least 0 for a divisor above 0.
  fileprivate func remainder(from divisor: Int) -> Int {
    let rest = self % divisor
    return rest < 0 ? rest + divisor : rest
  }
}
