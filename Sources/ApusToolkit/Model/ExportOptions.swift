import ApusFamilies
import ApusGraph
import ApusPasses

/// How a model is to be written as ONNX.
public struct ExportOptions: Sendable {
  /// What the outputs hold.
  public enum Heads: String, Sendable, Codable, CaseIterable {
    /// The numbers of the network as they are, one output or two for each level.
    case raw
    /// Boxes and scores in one output.
    case decoded
    /// Finished detections: suppression is part of the graph.
    case end2end
  }

  /// Where the operators of decoding begin to exist.
  public static let firstDecodingOpset = 11

  /// The operator set.
  public var opset = 13
  /// What the outputs are to hold; nil leaves them as they are.
  public var heads: Heads?
  /// Whether the network is rounded to half precision; its inputs, outputs and decoding stay `float32`.
  ///
  /// A file of another tool whose outputs are not described is rounded whole.
  public var isHalf = false
  /// For `end2end`: the score to exceed; nil for the model's own threshold.
  public var confidence: Float?
  /// For `end2end`: the overlap to exceed for two boxes to be one object; nil for the model's own threshold.
  public var iou: Float?
  /// For `end2end`: the greatest number of detections of a picture; nil for the family's own.
  public var maxDetections: Int?

  /// Operator set 13, the outputs as they are, single precision.
  public init() {}

  /// Refuses what does not go together, and what the model is not made for.
  func check(_ model: Model) throws(ApusError) {
    if heads == .decoded || heads == .end2end, opset < Self.firstDecodingOpset {
      throw .usage(
        "operator set \(opset) has no decoding; choose \(Self.firstDecodingOpset) or later, or raw heads"
      )
    }
    if heads != .end2end, confidence != nil || iou != nil || maxDetections != nil {
      throw .usage(
        "score, overlap and number of detections are part of end-to-end heads alone; choose these")
    }
    let card = model.graph.card
    if heads == .end2end, card.suppression == .topK, iou != nil {
      throw .usage(
        "'\(model.path)': this model chooses the best boxes and suppresses none, so that an overlap has no"
          + " meaning; leave it out")
    }
    let found = Heads(of: card)
    if isHalf, found == .decoded || found == .end2end {
      throw .failure(
        "'\(model.path)': its boxes are decoded in the graph already and would lose digits in half precision;"
          + " give the checkpoint, or cut the file back with 'apus cut' first")
    }
    guard let heads, let found, !heads.follows(found) else { return }
    throw .failure(
      "'\(model.path)': its outputs are \(found.rawValue) already; "
        + (heads == .raw
          ? "cut it back with 'apus cut'" : "give the checkpoint or a file with raw heads"))
  }

  /// The graph as it is to be written.
  func applied(to graph: Graph) throws -> Graph {
    var graph = graph
    _ = try Pipeline.simplify.run(on: &graph)
    // The decoding that follows stays in single precision: pixels need more digits than half has.
    if isHalf { graph = try HalfPrecision.narrowing(graph) }
    guard heads == .decoded || heads == .end2end else { return graph }
    if Heads(of: graph.card) != .decoded { try InGraphDecode.append(to: &graph) }
    if heads == .end2end {
      try InGraphSuppression.append(
        to: &graph,
        options: .init(confidence: confidence, iou: iou, maxDetections: maxDetections))
    }
    _ = try Pipeline.simplify.run(on: &graph)
    return graph
  }
}

extension ExportOptions.Heads {
  /// What the outputs of a model hold as its card describes them; nil where it does not.
  init?(of card: ModelCard) {
    guard let first = card.heads.first else { return nil }
    switch first.content {
    case .other: return nil
    case .boxesWithObjectness, .boxesWithClasses: self = .decoded
    case .detections, .detectionRows, .detectionCount, .detectionBoxes, .detectionScores,
      .detectionClasses:
      self = .end2end
    default: self = .raw
    }
  }

  /// Whether this can be made of outputs of the other kind by appending to them.
  func follows(_ other: Self) -> Bool {
    switch (self, other) {
    case (.end2end, _), (.raw, .raw), (.decoded, .raw), (.decoded, .decoded): true
    default: false
    }
  }
}
