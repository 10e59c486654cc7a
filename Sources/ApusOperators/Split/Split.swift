package import ApusGraph
package import ApusTensor

/// Its input cut into pieces along an axis.
///
/// Inputs are the data and, optionally, the sizes of the pieces, an attribute before opset 13. Without
/// sizes the pieces are equal; opset 18 states their number and lets the last one be smaller.
package struct Split: Operator {
  package static let kind = OperatorKind("Split")

  /// The axis; negative from the end.
  package let axis: Int
  /// The number of equal pieces; nil where the sizes are an input.
  package let pieces: Int?

  package init(axis: Int, pieces: Int?) {
    self.axis = axis
    self.pieces = pieces
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    axis = try record.int("axis", default: 0)
    if record.opset < 13, let sizes = try record.ints("split") {
      record.addConstantInput(Tensor(sizes.map(Int64.init)), at: 1)
    }
    let pieces = try record.int("num_outputs")
    if record.hasInput(1) {
      guard pieces == nil else {
        throw OperatorError("has both sizes and the attribute 'num_outputs'")
      }
      self.pieces = nil
    } else {
      if let pieces, pieces != record.outputCount {
        throw OperatorError("is to make \(pieces) pieces, but has \(record.outputCount) outputs")
      }
      self.pieces = record.outputCount
    }
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    record.set("axis", axis)
    if record.opset < 13, let sizes = try record.takeConstantInput(1, named: "split") {
      record.set("split", sizes.integers.map { Int($0) })
    }
    if let pieces, record.opset >= 18 { record.set("num_outputs", pieces) }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    guard let shape = input.shape else {
      return [Fact](repeating: Fact(input.dtype, nil), count: context.outputCount)
    }
    let axis = try Axes.resolved(axis, rank: shape.count)
    guard let sizes = try sizes(context, whole: shape[axis]) else {
      return (0..<context.outputCount).map { index in
        var piece = shape
        piece[axis] = context.unknownSize("piece\(index)")
        return Fact(input.dtype, piece)
      }
    }
    var start = 0
    return sizes.map { size in
      var piece = shape
      piece[axis] = size
      guard let content = input.content, shape.count == 1, let dtype = input.dtype,
        let count = size.fixed, count >= 0, start + count <= content.count
      else { return Fact(input.dtype, piece) }
      defer { start += count }
      return Fact(content: Array(content[start..<start + count]), dtype: dtype)
    }
  }

  private func sizes(
    _ context: InferenceContext, whole: Dimension
  ) throws(OperatorError) -> [Dimension]? {
    guard let pieces else {
      guard let sizes = try context.input(1).content else { return nil }
      if let total = sizes.reduce(Dimension.fixed(0), +).fixed, let size = whole.fixed,
        total != size
      {
        throw OperatorError("pieces of \(sizes) do not make up \(size)")
      }
      guard sizes.allSatisfy({ ($0.fixed ?? 0) >= 0 }) else {
        throw OperatorError("pieces of negative size are asked for: \(sizes)")
      }
      return sizes
    }
    guard pieces >= 1, pieces <= max(context.outputCount, 1) else {
      throw OperatorError("is to make \(pieces) pieces of \(context.outputCount) outputs")
    }
    let piece = whole.dividedRoundingUp(by: pieces)
    let last = whole - piece * (pieces - 1)
    guard (last.fixed ?? 0) >= 0 else {
      throw OperatorError("a size of \(whole) cannot be cut into \(pieces) pieces of size \(piece)")
    }
    return [Dimension](repeating: piece, count: pieces - 1) + [last]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let count = pieces ?? inputs.optional(1)?.count ?? 1
    let shapes = try outputShapes(inputs, count: count)
    let axis = try Axes.resolved(axis, rank: input.shape.rank)
    var start = 0
    return shapes.map { shape in
      let view = StridedView(
        start: start * input.shape.strides[axis], sizes: shape.dimensions,
        steps: input.shape.strides)
      start += shape[axis]
      return input.selecting(view.places, shape: shape)
    }
  }
}
