import ApusBoxes
import ApusGraph

extension Model {
  /// The model with other outputs, or with weights rounded to half precision, as an export would write it.
  ///
  /// - Parameters:
  ///   - heads: what the outputs are to hold; nil leaves them as they are.
  ///   - options: thresholds that suppression inside the graph takes over.
  /// - Throws: `ApusError` where its outputs are not those one can start from.
  public func variant(
    heads: ExportOptions.Heads?, isHalf: Bool, for options: DetectionOptions
  ) throws(ApusError) -> Model {
    // What the outputs are, where the file does not say it.
    let card = try Detector.card(of: self)
    let own = ExportOptions.Heads(of: card)
    guard isHalf || (heads != nil && heads != own) else { return self }
    var export = ExportOptions()
    export.heads = heads
    export.isHalf = isHalf
    if heads == .end2end {
      let suppression = options.suppression(card)
      export.confidence = suppression.confidence.base
      export.iou = card.suppression == .topK ? nil : Float(suppression.iou)
      export.maxDetections = suppression.maxDetections
    }
    var described = self
    described.graph.card = card
    try export.check(described)
    do {
      return Model(path: path, source: source, graph: try export.applied(to: described.graph))
    } catch {
      throw .failure("'\(path)': \(error)")
    }
  }
}
