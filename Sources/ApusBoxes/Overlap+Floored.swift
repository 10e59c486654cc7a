extension Overlap {
  /// Which quantity NanoDet takes from the overlap of two boxes.
  public enum FlooredKind: Sendable, CaseIterable {
    /// Intersection over union.
    case iou
    /// Intersection over the area of the first box.
    case iof
    /// Intersection over union, less the empty share of the enclosing box.
    case giou
  }

  /// NanoDet's `bbox_overlaps`: denominators are kept at or above 1e-6, nothing is added to them.
  public static func floored(_ kind: FlooredKind, _ a: Box, _ b: Box) -> Float {
    let floor: Float = 1e-6
    let shared = intersection(a, b)
    let denominator = max(kind == .iof ? a.area : a.area + b.area - shared, floor)
    let ratio = shared / denominator
    guard kind == .giou else { return ratio }
    let width = max(max(a.x2, b.x2) - min(a.x1, b.x1), 0)
    let height = max(max(a.y2, b.y2) - min(a.y1, b.y1), 0)
    let enclosing = max(width * height, floor)
    return ratio - (enclosing - denominator) / enclosing
  }
}
