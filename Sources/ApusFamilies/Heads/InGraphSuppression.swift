package import ApusGraph
import ApusOperators
import ApusTensor

/// Nodes that choose among decoded boxes, so that a graph gives finished detections.
///
/// What follows the boxes depends on the card's suppression:
/// - `classwise`: the best class of each box, boxes of different classes moved apart, and
///   NonMaxSuppression: the form that YOLOv7 exports for onnxruntime (`ONNX_ORT` with `--max-wh`).
///   Output `[detections, 7]` (`detectionRows`), best first in each picture.
/// - `nanodet`: the same over all pairs of box and class.
/// - `topK`: the best boxes, then the best pairs of box and class among them: `v10postprocess` of
///   YOLOv10. Output `[N, boxes, 6]` (`detections`).
package enum InGraphSuppression {
  /// The thresholds; nil takes the card's, or the family's own number of detections.
  package struct Options: Sendable, Hashable {
    /// The score to exceed.
    package var confidence: Float?
    /// The overlap to exceed for two boxes to be one object.
    package var iou: Float?
    /// The greatest number of detections of a picture.
    package var maxDetections: Int?

    /// The given thresholds.
    package init(confidence: Float? = nil, iou: Float? = nil, maxDetections: Int? = nil) {
      self.confidence = confidence
      self.iou = iou
      self.maxDetections = maxDetections
    }
  }

  /// Pixels that boxes are moved apart for each class, as `non_max_suppression` of YOLOv5 has it.
  static let classOffset: Float = 4096

  /// Detections of a picture: upstream's validation keeps this many.
  static func defaultMaxDetections(_ suppression: ModelCard.Suppression) -> Int {
    suppression == .nanodet ? 100 : 300
  }

  /// The parts of decoded boxes, a row for each.
  struct Boxes {
    /// x1, y1, x2, y2 in pixels, `[N, boxes, 4]`.
    let corners: ValueID
    /// Objectness times class probability, `[N, boxes, classes]`.
    let scores: ValueID
    let classCount: Int
    /// The number of boxes of a picture.
    let count: Dimension
  }

  /// Replaces the decoded output that the card describes by finished detections, describes these, and
  /// notes the thresholds in the card.
  ///
  /// - Throws: `FamilyError` where the card describes no decoded boxes; the graph is unchanged then.
  package static func append(
    to graph: inout Graph, options: Options = Options()
  ) throws(FamilyError) {
    var nodes = InGraphNodes(graph, prefix: "suppress")
    let boxes = try decoded(in: &nodes)
    var card = graph.card
    if let confidence = options.confidence { card.confidenceThreshold = confidence }
    if let iou = options.iou { card.iouThreshold = iou }
    let limit = options.maxDetections ?? defaultMaxDetections(card.suppression)
    let output: ValueID
    switch card.suppression {
    case .classwise: output = try bestClasses(of: boxes, card, limit, in: &nodes)
    case .nanodet: output = try allPairs(of: boxes, card, limit, in: &nodes)
    case .topK: output = try topPairs(of: boxes, limit, in: &nodes)
    }
    graph = nodes.finish(output, as: card.suppression == .topK ? .detections : .detectionRows)
    graph.card.confidenceThreshold = card.confidenceThreshold
    graph.card.iouThreshold = card.iouThreshold
  }

  /// The boxes of the output that the card describes.
  private static func decoded(in nodes: inout InGraphNodes) throws(FamilyError) -> Boxes {
    let contents: Set<ModelCard.Head.Content> = [.boxesWithObjectness, .boxesWithClasses]
    guard let head = nodes.graph.card.heads.first(where: { contents.contains($0.content) }) else {
      throw FamilyError(
        .heads, at: "model card", "describes no decoded boxes that could be suppressed")
    }
    let hasObjectness = head.content == .boxesWithObjectness
    var (rows, shape) = try nodes.output(of: head, rank: 3)
    if !hasObjectness {
      rows = try nodes.append(Transpose([0, 2, 1]), [rows], "rows")
      shape.swapAt(1, 2)
    }
    let first = hasObjectness ? 5 : 4
    guard let width = shape[2].fixed, width > first else {
      throw FamilyError(
        .heads, at: head.output,
        "has rows of \(shape[2]) numbers, expected \(first) and one for each class")
    }
    let parts =
      hasObjectness
      ? try nodes.split(
        rows, axis: 2,
        into: ["centre": 2, "size": 2, "objectness": 1, "classes": width - first])
      : try nodes.split(rows, axis: 2, into: ["centre": 2, "size": 2, "classes": width - first])
    let half = try nodes.append(Mul(), [parts[1], nodes.number(0.5, "half")], "reach")
    let low = try nodes.append(Sub(), [parts[0], half], "low")
    let high = try nodes.append(Add(), [parts[0], half], "high")
    let corners = try nodes.append(Concat(axis: 2), [low, high], "corners")
    let scores =
      hasObjectness ? try nodes.append(Mul(), [parts[3], parts[2]], "scores") : parts[2]
    return Boxes(corners: corners, scores: scores, classCount: width - first, count: shape[1])
  }
}
