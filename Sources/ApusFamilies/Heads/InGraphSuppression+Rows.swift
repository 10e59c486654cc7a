import ApusGraph
import ApusOperators
import ApusTensor

// NonMaxSuppression over one plane of candidates, so that the limit counts for a picture and not for each
// class. Detections `[D, 7]`: picture, x1, y1, x2, y2, class, score.

extension InGraphSuppression {
  /// Every box with its best class.
  static func bestClasses(
    of boxes: Boxes, _ card: ModelCard, _ limit: Int, in nodes: inout InGraphNodes
  ) throws(FamilyError) -> ValueID {
    let axis = nodes.list([2], "axis")
    let best = try nodes.append(ReduceMax(keepsAxes: true), [boxes.scores, axis], "best")
    let label = try nodes.append(ArgMax(axis: 2, keepsAxis: true), [boxes.scores], "label")
    let labels = try nodes.append(Cast(to: .float32), [label], "labels")
    let step = nodes.number(classOffset, "step")
    let offset = try nodes.append(Mul(), [labels, step], "offset")
    let apart = try nodes.append(Add(), [boxes.corners, offset], "apart")
    let scores = try nodes.append(Transpose([0, 2, 1]), [best], "plane")
    let selected = try select(apart, scores, card, limit, in: &nodes)
    let place = try nodes.append(
      Gather(axis: 1), [selected, nodes.list([0, 2], "picture_box")], "place")
    return try rows(
      boxes, selected, place: place,
      labels: try nodes.append(GatherND(), [labels, place], "class"), scores: scores, in: &nodes)
  }

  /// Every pair of box and class, box by box.
  static func allPairs(
    of boxes: Boxes, _ card: ModelCard, _ limit: Int, in nodes: inout InGraphNodes
  ) throws(FamilyError) -> ValueID {
    // Offsets beyond the largest coordinate of the picture.
    let axes = nodes.list([1, 2], "axes")
    let largest = try nodes.append(ReduceMax(keepsAxes: true), [boxes.corners, axes], "largest")
    let step = try nodes.append(Add(), [largest, nodes.number(1, "one")], "step")
    let steps = try nodes.unsqueeze(step, axis: 3, "steps")
    let labels = nodes.constant(
      Tensor((0..<boxes.classCount).map(Float.init), shape: [boxes.classCount, 1]), "labels")
    let offset = try nodes.append(Mul(), [steps, labels], "offset")
    let corners = try nodes.unsqueeze(boxes.corners, axis: 2, "corners.pairs")
    let moved = try nodes.append(Add(), [corners, offset], "moved")
    let apart = try nodes.reshape(moved, to: [0, -1, 4], "apart")
    let scores = try nodes.reshape(boxes.scores, to: [0, 1, -1], "plane")
    let selected = try select(apart, scores, card, limit, in: &nodes)
    // A pair is box · classes + class.
    let pair = try nodes.append(Gather(axis: 1), [selected, nodes.list([2], "last")], "pair")
    let count = nodes.list([boxes.classCount], "classCount")
    let box = try nodes.append(Div(), [pair, count], "box")
    let label = try nodes.append(Mod(), [pair, count], "label")
    let picture = try nodes.append(Gather(axis: 1), [selected, nodes.list([0], "zero")], "number")
    return try rows(
      boxes, selected, place: try nodes.append(Concat(axis: 1), [picture, box], "place"),
      labels: try nodes.append(Cast(to: .float32), [label], "class"), scores: scores, in: &nodes)
  }

  /// Picture, 0 and candidate of the ones that stand, `[D, 3]`.
  private static func select(
    _ boxes: ValueID, _ scores: ValueID, _ card: ModelCard, _ limit: Int,
    in nodes: inout InGraphNodes
  ) throws(FamilyError) -> ValueID {
    try nodes.append(
      NonMaxSuppression(),
      [
        boxes, scores, nodes.list([limit], "maxDetections"),
        nodes.constant(Tensor([card.iouThreshold]), "iou"),
        nodes.constant(Tensor([card.confidenceThreshold]), "confidence"),
      ], "selected")
  }

  /// - Parameters:
  ///   - place: picture and box of each, `[D, 2]`.
  ///   - labels: classes as floats, `[D, 1]`.
  ///   - scores: scores of all candidates, `[N, 1, candidates]`.
  private static func rows(
    _ boxes: Boxes, _ selected: ValueID, place: ValueID, labels: ValueID, scores: ValueID,
    in nodes: inout InGraphNodes
  ) throws(FamilyError) -> ValueID {
    let corners = try nodes.append(GatherND(), [boxes.corners, place], "box.corners")
    let score = try nodes.append(GatherND(), [scores, selected], "score")
    let scoreColumn = try nodes.unsqueeze(score, axis: 1, "score.column")
    let picture = try nodes.append(
      Gather(axis: 1), [selected, nodes.list([0], "first")], "picture")
    let pictures = try nodes.append(Cast(to: .float32), [picture], "pictures")
    return try nodes.append(Concat(axis: 1), [pictures, corners, labels, scoreColumn], "rows")
  }
}
