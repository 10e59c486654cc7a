/// The measures of the overlap of two boxes that detectors train and evaluate with.
///
/// All arithmetic is binary32, in the order of the upstream code, since results are compared with
/// it to the last digits.
public enum Overlap {
  /// Which quantity is taken from the intersection over union.
  public enum Kind: Sendable, CaseIterable {
    /// Intersection over union.
    case iou
    /// Less the empty share of the enclosing box (Rezatofighi et al., 2019).
    case giou
    /// Less the squared distance of the centres over the enclosing diagonal (Zheng et al., 2020).
    case diou
    /// DIoU less a term for the difference in aspect ratio.
    case ciou
  }

  /// Where the three YOLO code bases add their epsilon of 1e-7.
  ///
  /// All add it to the union, to both heights of boxes given by corners, and to the square of the
  /// diagonal or the area of the enclosing box.
  public enum Convention: Sendable, CaseIterable {
    /// YOLOv5: heights carry the epsilon for boxes given by centre too.
    case yolov5
    /// YOLOv7: as YOLOv5, and the aspect ratios add it to the heights once more.
    case yolov7
    /// YOLOv10: boxes given by centre keep their exact heights, so that CIoU of an empty box is NaN.
    case yolov10
  }

  static let epsilon: Float = 1e-7

  /// The area that two boxes share.
  @inlinable
  public static func intersection(_ a: Box, _ b: Box) -> Float {
    max(min(a.x2, b.x2) - max(a.x1, b.x1), 0) * max(min(a.y2, b.y2) - max(a.y1, b.y1), 0)
  }

  /// Intersection over union without any epsilon: NaN when both boxes are empty.
  ///
  /// The definition of `box_iou` in YOLOv5 and of torchvision's non-maximum suppression.
  @inlinable
  public static func plain(_ a: Box, _ b: Box) -> Float {
    let shared = intersection(a, b)
    return shared / (a.area + b.area - shared)
  }

  /// The share of `b` that `a` covers, with 1e-16 added to the area of `b` (YOLOv5's `bbox_ioa`).
  public static func cover(of b: Box, by a: Box) -> Float {
    intersection(a, b) / (b.area + 1e-16)
  }

  /// Intersection over union of two sizes laid upon the same corner: how anchors are compared.
  public static func ofSizes(
    _ a: (width: Float, height: Float), _ b: (width: Float, height: Float)
  ) -> Float {
    let shared = min(a.width, b.width) * min(a.height, b.height)
    return shared / (a.width * a.height + b.width * b.height - shared)
  }

  /// The measure of two boxes given by their corners.
  public static func measure(
    _ kind: Kind, _ a: Box, _ b: Box, convention: Convention = .yolov5
  ) -> Float {
    measure(
      kind, a, b, sizeA: (a.width, a.height + epsilon), sizeB: (b.width, b.height + epsilon),
      convention: convention)
  }

  /// The measure of two boxes given by centre and sides.
  public static func measure(
    _ kind: Kind, _ a: CentreBox, _ b: CentreBox, convention: Convention = .yolov5
  ) -> Float {
    guard convention == .yolov10 else {
      return measure(kind, a.corners, b.corners, convention: convention)
    }
    return measure(
      kind, a.corners, b.corners, sizeA: (a.width, a.height), sizeB: (b.width, b.height),
      convention: convention)
  }

  private static func measure(
    _ kind: Kind, _ a: Box, _ b: Box, sizeA: (width: Float, height: Float),
    sizeB: (width: Float, height: Float), convention: Convention
  ) -> Float {
    let shared = intersection(a, b)
    let union = sizeA.width * sizeA.height + sizeB.width * sizeB.height - shared + epsilon
    let iou = shared / union
    let enclosingWidth = max(a.x2, b.x2) - min(a.x1, b.x1)
    let enclosingHeight = max(a.y2, b.y2) - min(a.y1, b.y1)
    switch kind {
    case .iou:
      return iou
    case .giou:
      let enclosing = enclosingWidth * enclosingHeight + epsilon
      return iou - (enclosing - union) / enclosing
    case .diou, .ciou:
      let diagonal = enclosingWidth * enclosingWidth + enclosingHeight * enclosingHeight + epsilon
      let dx = b.x1 + b.x2 - a.x1 - a.x2
      let dy = b.y1 + b.y2 - a.y1 - a.y2
      let distance = (dx * dx + dy * dy) / 4
      guard kind == .ciou else { return iou - distance / diagonal }
      let aspect = aspectTerm(sizeA, sizeB, again: convention == .yolov7 ? epsilon : 0)
      let alpha = aspect / (aspect - iou + (1 + epsilon))
      return iou - (distance / diagonal + aspect * alpha)
    }
  }
}
