/// Pictures, the classes of objects, and where a person marked objects: one value for all formats.
///
/// Pictures, classes and annotations refer to each other by the ids of their file; formats without
/// ids number pictures and annotations from 1 and classes from 0. What a format has beyond the
/// members here is kept in `fields` and written again by formats that can hold it.
public struct Dataset: Sendable, Hashable {
  /// The classes, in the order of the file.
  public var classes: [Class]
  /// The pictures, in the order of the file, or by name where the format is a folder.
  public var pictures: [Picture]
  /// The marked objects.
  public var annotations: [Annotation]
  /// What the file says of the whole set: COCO's `info` and `licenses`.
  public var fields: [String: JSON]

  /// A data set of the given parts.
  public init(
    classes: [Class] = [], pictures: [Picture] = [], annotations: [Annotation] = [],
    fields: [String: JSON] = [:]
  ) {
    self.classes = classes
    self.pictures = pictures
    self.annotations = annotations
    self.fields = fields
  }

  /// A kind of object.
  public struct Class: Sendable, Hashable {
    /// The id annotations use.
    public var id: Int
    /// Its name.
    public var name: String
    /// Further members of the file, such as COCO's `supercategory`.
    public var fields: [String: JSON]

    /// A class.
    public init(id: Int, name: String, fields: [String: JSON] = [:]) {
      self.id = id
      self.name = name
      self.fields = fields
    }
  }

  /// A picture.
  public struct Picture: Sendable, Hashable {
    /// The id annotations use.
    public var id: Int
    /// Its name in the data set, with `/` between folders, relative to the folder of pictures.
    public var file: String
    /// Where its file lies; nil where none was found.
    public var path: String?
    /// Columns of the upright picture.
    public var width: Int
    /// Rows of the upright picture.
    public var height: Int
    /// The lists it is in, such as "train" and "val".
    public var splits: [String]
    /// Further members of the file.
    public var fields: [String: JSON]

    /// A picture.
    public init(
      id: Int, file: String, path: String? = nil, width: Int, height: Int, splits: [String] = [],
      fields: [String: JSON] = [:]
    ) {
      self.id = id
      self.file = file
      self.path = path
      self.width = width
      self.height = height
      self.splits = splits
      self.fields = fields
    }
  }

  /// A box in pixels: 0 is the left or top edge of the first pixel, the width of the picture the
  /// right edge of the last.
  public struct PixelBox: Sendable, Hashable {
    /// The left edge.
    public var x: Double
    /// The top edge.
    public var y: Double
    /// The width.
    public var width: Double
    /// The height.
    public var height: Double

    /// A box by its left upper corner and its size.
    public init(x: Double, y: Double, width: Double, height: Double) {
      self.x = x
      self.y = y
      self.width = width
      self.height = height
    }

    /// The smallest box around points `x, y, x, y, …`; nil for none.
    public init?(around points: [Double]) {
      guard points.count >= 2 else { return nil }
      var (left, top, right, bottom) = (points[0], points[1], points[0], points[1])
      for index in stride(from: 2, to: points.count - 1, by: 2) {
        left = min(left, points[index])
        right = max(right, points[index])
        top = min(top, points[index + 1])
        bottom = max(bottom, points[index + 1])
      }
      self.init(x: left, y: top, width: right - left, height: bottom - top)
    }
  }

  /// The outline of an object, kept as its file has it.
  public enum Segmentation: Sendable, Hashable {
    /// Polygons, each `x, y, x, y, …` in pixels.
    case polygons([[Double]])
    /// A run-length mask of COCO with the lengths as numbers; `height` and `width` are its `size`.
    case runs([Int], height: Int, width: Int)
    /// A run-length mask of COCO with the lengths packed into text.
    case packedRuns(String, height: Int, width: Int)
  }

  /// A marked object.
  public struct Annotation: Sendable, Hashable {
    /// The id of the annotation.
    public var id: Int
    /// The id of its picture.
    public var pictureID: Int
    /// The id of its class.
    public var classID: Int
    /// Its box; width and height are finite and not negative when read from a file.
    public var box: PixelBox
    /// The area of its outline in pixels²; nil where the file does not say.
    public var area: Double?
    /// Whether it stands for a crowd.
    public var isCrowd: Bool
    /// VOC's `difficult`; nil where the file does not say, as with the next three.
    public var isDifficult: Bool?
    /// VOC's `truncated`.
    public var isTruncated: Bool?
    /// VOC's `occluded`.
    public var isOccluded: Bool?
    /// VOC's `pose`.
    public var pose: String?
    /// Its outline.
    public var segmentation: Segmentation?
    /// Further members of the file.
    public var fields: [String: JSON]

    /// A marked object.
    public init(
      id: Int, pictureID: Int, classID: Int, box: PixelBox, area: Double? = nil,
      isCrowd: Bool = false, isDifficult: Bool? = nil, isTruncated: Bool? = nil,
      isOccluded: Bool? = nil, pose: String? = nil, segmentation: Segmentation? = nil,
      fields: [String: JSON] = [:]
    ) {
      self.id = id
      self.pictureID = pictureID
      self.classID = classID
      self.box = box
      self.area = area
      self.isCrowd = isCrowd
      self.isDifficult = isDifficult
      self.isTruncated = isTruncated
      self.isOccluded = isOccluded
      self.pose = pose
      self.segmentation = segmentation
      self.fields = fields
    }
  }
}

extension Dataset {
  /// The annotations of every picture, by its id, in their order.
  public func annotationsByPicture() -> [Int: [Annotation]] {
    Dictionary(grouping: annotations, by: \.pictureID)
  }

  /// The position of every class in `classes`, by its id: the index that YOLO text uses.
  public func classIndices() -> [Int: Int] {
    Dictionary(
      classes.enumerated().map { ($0.element.id, $0.offset) },
      uniquingKeysWith: { first, _ in first })
  }
}

extension Dataset.PixelBox {
  /// Intersection over union; 0 where the boxes share no area.
  func overlap(with other: Dataset.PixelBox) -> Double {
    let across = min(x + width, other.x + other.width) - max(x, other.x)
    let down = min(y + height, other.y + other.height) - max(y, other.y)
    guard across > 0, down > 0 else { return 0 }
    let shared = across * down
    return min(1, shared / (width * height + other.width * other.height - shared))
  }
}
