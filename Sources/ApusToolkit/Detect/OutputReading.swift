import ApusBoxes
import ApusFamilies
import ApusGraph
import ApusOperators
import ApusTensor

/// How the outputs of a network become detections.
enum OutputReading: Sendable {
  /// Raw outputs of anchors, one for each level.
  case anchorGrids(YOLOv5Decode)
  /// One decoded output `[N, boxes, 5 + classes]`, at the given place among the outputs.
  case decoded(output: Int, classCount: Int)
  /// One output of finished detections `[N, boxes, 6]`.
  case finished(output: Int)

  /// Reads what the card states, or else what the shapes and the structure of the graph show.
  init(_ graph: Graph) throws(ApusError) {
    if !graph.card.heads.isEmpty {
      self = try Self.stated(graph)
    } else {
      self = try Self.seen(graph)
    }
  }

  private static func stated(_ graph: Graph) throws(ApusError) -> OutputReading {
    let heads = graph.card.heads
    if heads.allSatisfy({ $0.content == .anchorGrid }) {
      do {
        return .anchorGrids(try YOLOv5Decode(card: graph.card))
      } catch {
        throw .failure("the model's outputs cannot be decoded: \(error)")
      }
    }
    for head in heads {
      let place = graph.outputs.firstIndex { graph[$0].name == head.output }
      guard let place else { continue }
      switch head.content {
      case .boxesWithObjectness:
        return .decoded(output: place, classCount: graph.card.classNames.count)
      case .detections: return .finished(output: place)
      default: continue
      }
    }
    return try seen(graph)
  }

  private static func seen(_ graph: Graph) throws(ApusError) -> OutputReading {
    let facts = graph.outputs.map { graph[$0].fact }
    let selects = graph.nodes.contains { $0.op is TopK || $0.op is NonMaxSuppression }
    for (place, fact) in facts.enumerated() {
      guard let shape = fact.shape, shape.count == 3, let width = shape[2].fixed else { continue }
      if width == 6, selects { return .finished(output: place) }
      if width > 5, fact.dtype?.isFloatingPoint == true {
        return .decoded(output: place, classCount: width - 5)
      }
    }
    let listed = graph.outputs.map { "'\(graph[$0].name)' \(graph[$0].fact)" }
    throw .failure(
      "the outputs are not understood: \(listed.joined(separator: ", ")); expected one output"
        + " [N, boxes, 5 + classes] or [N, boxes, 6], or raw heads of a model that Apus wrote"
        + " (its metadata holds the anchors); export the model again from its checkpoint")
  }

  /// The number of classes, where the outputs tell.
  var classCount: Int? {
    switch self {
    case .anchorGrids(let decode): decode.classCount
    case .decoded(_, let count): count
    case .finished: nil
    }
  }

  /// The detections of the first picture, in pixels of the network's input.
  func detections(
    _ outputs: [Tensor], options: NMS.Options
  ) throws(FamilyError) -> [Detection] {
    switch self {
    case .anchorGrids(let decode): try decode.detections(heads: outputs, options: options)
    case .decoded(let place, _):
      try YOLOv5Decode.detections(decoded: outputs[place], options: options)
    case .finished(let place):
      try YOLOv5Decode.detections(finished: outputs[place], options: options)
    }
  }
}
