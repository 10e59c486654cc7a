package import ApusGraph
import ApusOperators
import ApusTensor

/// Nodes that decode the raw heads of a detector, so that a runtime without a decoder gives boxes.
///
/// The formulas are those of the numeric decoders. Where the sizes of a head are known, its grid is a
/// constant; otherwise it is computed from the head's shape when the graph runs, so that one graph
/// serves every input size.
package enum InGraphDecode {
  /// Replaces the raw heads that the card describes by one decoded output, and describes that.
  ///
  /// Heads of anchors give `[N, boxes, 5 + classes]` (`boxesWithObjectness`), heads of distances
  /// `[N, 4 + classes, boxes]` (`boxesWithClasses`); boxes in the order of level, anchor, row and
  /// column of the cell.
  ///
  /// - Throws: `FamilyError` where the card describes no raw heads or the outputs do not fit it; the
  ///   graph is unchanged then.
  package static func append(to graph: inout Graph) throws(FamilyError) {
    let heads = graph.card.heads
    var nodes = InGraphNodes(graph, prefix: "decode")
    if !heads.isEmpty, heads.allSatisfy({ anchorContents.contains($0.content) }) {
      let output = try anchors(in: &nodes)
      graph = nodes.finish(output, as: .boxesWithObjectness)
    } else if !heads.isEmpty, heads.allSatisfy({ distanceContents.contains($0.content) }) {
      let output = try distances(in: &nodes)
      graph = nodes.finish(output, as: .boxesWithClasses)
    } else {
      let found = heads.map { "'\($0.output)' (\($0.content.rawValue))" }
      throw FamilyError(
        .heads, at: "model card",
        "describes "
          + (found.isEmpty ? "no outputs" : "the outputs \(found.joined(separator: ", "))")
          + ", expected raw heads of one kind, a grid for each level; give the checkpoint, or an ONNX "
          + "file with raw heads that Apus wrote")
    }
  }

  /// The input pixels per cell of a head.
  static func stride(
    of head: ModelCard.Head, level: Int, _ card: ModelCard
  ) throws(FamilyError) -> Int {
    guard let stride = head.stride ?? card.strides.dropFirst(level).first, stride > 0 else {
      throw FamilyError(.heads, at: head.output, "the model card gives no stride for it")
    }
    return stride
  }

  /// The points `(column + offset) · stride`, `(row + offset) · stride` of a grid's cells, row by row.
  ///
  /// - Parameters:
  ///   - grid: the value whose cells are meant, `[N, …, H, W, …]` with H at axis 2.
  ///   - axis: where the two coordinates lie: 1 for `[H · W, 2]`, 0 for `[2, H · W]`.
  static func points(
    of grid: ValueID, offset: Float, stride: Int, axis: Int, _ name: String,
    in nodes: inout InGraphNodes
  ) throws(FamilyError) -> ValueID {
    let shape = nodes.graph[grid].fact.shape ?? []
    if let rows = shape[2].fixed, let columns = shape[3].fixed {
      let xs = (0..<rows * columns).map { (Float($0 % columns) + offset) * Float(stride) }
      let ys = (0..<rows * columns).map { (Float($0 / columns) + offset) * Float(stride) }
      let tensor =
        axis == 0
        ? Tensor(xs + ys, shape: [2, xs.count])
        : Tensor(zip(xs, ys).flatMap { [$0, $1] }, shape: [xs.count, 2])
      return nodes.constant(tensor, "\(name).points")
    }
    let columns = try nodes.size(of: grid, axis: 3, "\(name).columns")
    let rows = try nodes.size(of: grid, axis: 2, "\(name).rows")
    let count = try nodes.append(Mul(), [rows, columns], "\(name).cells")
    let bounds = [Int64(0), 1].map {
      nodes.constant(Tensor(scalar: $0), "\(name).\($0 == 0 ? "first" : "step")")
    }
    let cell = try nodes.append(RangeOf(), [bounds[0], count, bounds[1]], "\(name).cell")
    let row = try nodes.append(Div(), [cell, columns], "\(name).row")
    let rowStart = try nodes.append(Mul(), [row, columns], "\(name).rowStart")
    let column = try nodes.append(Sub(), [cell, rowStart], "\(name).column")
    let x = try nodes.unsqueeze(column, axis: axis, "\(name).x")
    let y = try nodes.unsqueeze(row, axis: axis, "\(name).y")
    let places = try nodes.append(Concat(axis: axis), [x, y], "\(name).places")
    let floats = try nodes.append(Cast(to: .float32), [places], "\(name).floats")
    let shift = nodes.number(offset, "\(name).offset")
    let shifted = try nodes.append(Add(), [floats, shift], "\(name).shifted")
    let scale = nodes.number(Float(stride), "\(name).stride")
    return try nodes.append(Mul(), [shifted, scale], "\(name).points")
  }
}
