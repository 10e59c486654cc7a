import ApusDatasets
import ApusGraph

extension Model {
  /// The model with other anchors in its card.
  ///
  /// Where boxes are decoded in the graph, the graph is cut at its raw heads first: its decoding holds the old anchors.
  ///
  /// - Throws: `ApusError` where the model has no heads for these levels and anchors.
  public func replacingAnchors(by anchors: ModelAnchors) throws(ApusError) -> Model {
    let old = try ModelAnchors(self)
    guard old.strides == anchors.strides,
      old.levels.map(\.anchors.count) == anchors.levels.map(\.anchors.count)
    else {
      throw .failure(
        "'\(path)': the model has \(old.levels.map(\.anchors.count)) anchors on levels of the strides"
          + " \(old.strides), but got \(anchors.levels.map(\.anchors.count)) for \(anchors.strides); its heads"
          + " have channels for as many as it has")
    }
    var result = self
    if !ModelAnchors.isRaw(graph.card.heads) {
      result = try ModelCut.cut(self).model
      guard ModelAnchors.isRaw(result.graph.card.heads) else {
        throw .failure(
          "'\(path)': the raw heads behind its decoding were not recognised as those of anchors, so that new anchors"
            + " cannot take the place of the old; give the checkpoint it was made from")
      }
    }
    result.graph.card.anchors = anchors.cardAnchors
    result.graph.card.strides = anchors.strides
    return result
  }

  /// Writes raw heads with the card: a checkpoint as `apus export` does, an ONNX file as it is.
  func writeWithAnchors(to path: String) throws(ApusError) -> ModelExport {
    if case .checkpoint = source { return try ModelExport.onnx(self, to: path) }
    return try ModelExport.write(self, to: path, opset: min(max(graph.opset, 9), 22))
  }
}
