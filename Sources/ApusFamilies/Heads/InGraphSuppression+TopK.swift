import ApusGraph
import ApusOperators
import ApusTensor

// `v10postprocess`: the boxes with the best scores, and of their pairs with a class the best.

extension InGraphSuppression {
  /// Detections `[N, k, 6]`, best first: x1, y1, x2, y2, score, class; k is the limit, or the number of boxes
  /// where that is smaller.
  static func topPairs(
    of boxes: Boxes, _ limit: Int, in nodes: inout InGraphNodes
  ) throws(FamilyError) -> ValueID {
    let count = try count(boxes, limit, in: &nodes)
    let axis = nodes.list([2], "axis")
    let best = try nodes.append(ReduceMax(keepsAxes: false), [boxes.scores, axis], "best")
    let first = try nodes.append(TopK(axis: 1), [best, count], names: ["topBox", "topBox.places"])
    let corners = try rows(first[1], of: boxes.corners, width: 4, "top", in: &nodes)
    let scores = try rows(first[1], of: boxes.scores, width: boxes.classCount, "pairs", in: &nodes)
    let flat = try nodes.reshape(scores, to: [0, -1], "flat")
    let second = try nodes.append(TopK(axis: 1), [flat, count], names: ["score", "pair"])
    // A pair is box · classes + class.
    let classCount = nodes.constant(Tensor(scalar: Int64(boxes.classCount)), "classCount")
    let box = try nodes.append(Div(), [second[1], classCount], "box")
    let label = try nodes.append(Mod(), [second[1], classCount], "label")
    let labels = try nodes.append(Cast(to: .float32), [label], "labels")
    return try nodes.append(
      Concat(axis: 2),
      [
        try rows(box, of: corners, width: 4, "chosen", in: &nodes),
        try nodes.unsqueeze(second[0], axis: 2, "score.column"),
        try nodes.unsqueeze(labels, axis: 2, "label.column"),
      ], "detections")
  }

  /// The rows of `[N, boxes, width]` at the places `[N, k]`.
  private static func rows(
    _ places: ValueID, of value: ValueID, width: Int, _ name: String, in nodes: inout InGraphNodes
  ) throws(FamilyError) -> ValueID {
    // GatherND with batch axes would do without the repetition, but needs operator set 12.
    let column = try nodes.unsqueeze(places, axis: 2, "\(name).column")
    let repeats = nodes.list([1, 1, width], "\(name).repeats")
    let index = try nodes.append(Tile(), [column, repeats], "\(name).index")
    return try nodes.append(GatherElements(axis: 1), [value, index], "\(name).rows")
  }

  /// How many are taken, a list of one.
  private static func count(
    _ boxes: Boxes, _ limit: Int, in nodes: inout InGraphNodes
  ) throws(FamilyError) -> ValueID {
    if let count = boxes.count.fixed { return nodes.list([min(limit, count)], "count") }
    // Min takes integers since operator set 12; floats hold these numbers exactly.
    let size = try nodes.size(of: boxes.corners, axis: 1, "boxCount")
    let floats = try nodes.append(Cast(to: .float32), [size], "boxCount.float")
    let least = try nodes.append(
      Min(), [floats, nodes.number(Float(limit), "limit")], "count.float")
    let scalar = try nodes.append(Cast(to: .int64), [least], "count.scalar")
    return try nodes.unsqueeze(scalar, axis: 0, "count")
  }
}
