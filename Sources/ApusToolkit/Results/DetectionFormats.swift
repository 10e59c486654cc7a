public import ApusBoxes
import Foundation

/// The detections of one picture.
public struct PictureDetections: Sendable {
  /// The path of the picture, or `-`; for a frame of a video the path of the video.
  public let source: String
  /// The number of the frame in a video, from 0.
  public let frame: Int?
  /// Width of the picture in pixels.
  public let width: Int
  /// Height of the picture in pixels.
  public let height: Int
  /// Boxes in pixels of the picture, best first.
  public let detections: [Detection]

  /// The detections of one picture.
  public init(source: String, frame: Int? = nil, width: Int, height: Int, detections: [Detection]) {
    self.source = source
    self.frame = frame
    self.width = width
    self.height = height
    self.detections = detections
  }
}

extension PictureDetections {
  /// YOLO's text form: a line for each detection, `class x y w h confidence`, centre and size as shares of
  /// the picture's.
  public var yoloText: String {
    detections.map { detection in
      let centre = CentreBox(detection.box).normalised(width: Float(width), height: Float(height))
      let numbers = [centre.x, centre.y, centre.width, centre.height, detection.score]
      return ([String(detection.classID)] + numbers.map { Self.shortest($0) })
        .joined(separator: " ") + "\n"
    }.joined()
  }

  /// One entry for each detection of COCO's results format: `image_id` (the file's name without ending, as a
  /// number where it is one), `category_id`, `bbox` as x, y, width, height in pixels, `score`; and
  /// `file_name`, which readers of the format ignore.
  public func cocoResults(categoryIDs: [Int]?) -> [CocoResult] {
    let stem = ((source as NSString).lastPathComponent as NSString).deletingPathExtension
    let name = source == "-" ? "stdin" : stem
    return detections.map { detection in
      let box = detection.box
      let category =
        categoryIDs.flatMap {
          $0.indices.contains(detection.classID) ? $0[detection.classID] : nil
        } ?? detection.classID
      return CocoResult(
        imageID: name, frame: frame, fileName: source, categoryID: category,
        bbox: [box.x1, box.y1, box.width, box.height], score: detection.score)
    }
  }

  private static func shortest(_ value: Float) -> String {
    String(format: "%.6g", Double(value))
  }
}

/// One detection in COCO's results format.
public struct CocoResult: Encodable, Sendable {
  let imageID: String
  let frame: Int?
  let fileName: String
  let categoryID: Int
  let bbox: [Float]
  let score: Float

  enum CodingKeys: String, CodingKey {
    case imageID = "image_id"
    case frame
    case fileName = "file_name"
    case categoryID = "category_id"
    case bbox, score
  }

  /// Writes `image_id` as a number where it is one.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    if let number = Int(imageID) {
      try container.encode(number, forKey: .imageID)
    } else {
      try container.encode(imageID, forKey: .imageID)
    }
    try container.encodeIfPresent(frame, forKey: .frame)
    try container.encode(fileName, forKey: .fileName)
    try container.encode(categoryID, forKey: .categoryID)
    try container.encode(bbox, forKey: .bbox)
    try container.encode(score, forKey: .score)
  }
}

extension CocoResult {
  /// COCO's own ids of the 80 classes, which skip eleven numbers between 1 and 90.
  public static let coco80Categories: [Int] = {
    let skipped: Set<Int> = [12, 26, 29, 30, 45, 66, 68, 69, 71, 83]
    return (1...90).filter { !skipped.contains($0) }
  }()
}
