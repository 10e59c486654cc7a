/// One annotated object of a COCO data set.
///
/// As in pycocotools, whose COCOeval sets `ignore` from `iscrowd`, a crowd is the only object that is
/// ignored in every area range.
public struct COCOGroundTruth: Sendable, Hashable {
  /// The identifier of the picture.
  public var imageID: Int
  /// The identifier of the category.
  public var categoryID: Int
  /// The left edge in pixels.
  public var x: Double
  /// The upper edge in pixels.
  public var y: Double
  /// The width in pixels.
  public var width: Double
  /// The height in pixels.
  public var height: Double
  /// The area in pixels², as annotated: of the outline, not of the box.
  public var area: Double
  /// Whether the box stands for a crowd, which is neither counted nor punished.
  public var isCrowd: Bool

  /// An annotated object.
  public init(
    imageID: Int, categoryID: Int, x: Double, y: Double, width: Double, height: Double,
    area: Double, isCrowd: Bool = false
  ) {
    self.imageID = imageID
    self.categoryID = categoryID
    self.x = x
    self.y = y
    self.width = width
    self.height = height
    self.area = area
    self.isCrowd = isCrowd
  }
}

/// One detection in COCO's results format.
public struct COCODetection: Sendable, Hashable {
  /// The identifier of the picture.
  public var imageID: Int
  /// The identifier of the category.
  public var categoryID: Int
  /// The left edge in pixels.
  public var x: Double
  /// The upper edge in pixels.
  public var y: Double
  /// The width in pixels.
  public var width: Double
  /// The height in pixels.
  public var height: Double
  /// The confidence; only its order matters.
  public var score: Double

  /// A detection.
  public init(
    imageID: Int, categoryID: Int, x: Double, y: Double, width: Double, height: Double,
    score: Double
  ) {
    self.imageID = imageID
    self.categoryID = categoryID
    self.x = x
    self.y = y
    self.width = width
    self.height = height
    self.score = score
  }
}

extension COCOGroundTruth {
  /// Whether the object is left out of the count of an area range.
  func isIgnored(in area: COCOArea) -> Bool { isCrowd || area.excludes(self.area) }
}

extension COCODetection {
  /// The area of the box in pixels², by which unmatched detections are sorted into area ranges.
  var area: Double { width * height }

  /// The overlap with an object: intersection over union, or over this box's area for a crowd.
  ///
  /// The arithmetic is that of pycocotools' `bbIou`, whose results it equals to the bit. It is NaN
  /// where areas under- or overflow, and a NaN passes every threshold.
  func overlap(_ object: COCOGroundTruth) -> Double {
    let shared = min(width + x, object.width + object.x) - max(x, object.x)
    if shared <= 0 { return 0 }
    let sharedHeight = min(height + y, object.height + object.y) - max(y, object.y)
    if sharedHeight <= 0 { return 0 }
    let intersection = shared * sharedHeight
    let union =
      object.isCrowd ? area : area + object.width * object.height - intersection
    return intersection / union
  }
}
