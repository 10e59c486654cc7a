/// Why detections cannot be evaluated.
public struct COCOError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure.
  public enum Code: String, Sendable, Hashable {
    /// A score is NaN and has no place in an order.
    case unorderedScore
    /// A coordinate, size or area is infinite or NaN.
    case notFinite
    /// A detection in a picture that is not of the data set.
    case unknownImage
  }

  /// The kind of failure.
  public var code: Code
  /// Which entry of the input it is.
  public var place: String
  /// What an entry must be.
  public var expected: String
  /// What was found.
  public var found: String
  /// What the user can do.
  public var remedy: String

  /// One line: the place, the expectation, what was found, the remedy.
  public var description: String { "\(place): expected \(expected), found \(found). \(remedy)" }

  /// A detection in a picture that is not evaluated.
  static func unknownImage(_ imageID: Int, detection: Int, imageCount: Int) -> COCOError {
    COCOError(
      code: .unknownImage, place: "detection \(detection)",
      expected: "one of the \(imageCount) images evaluated", found: "image \(imageID)",
      remedy: "Evaluate on the images the detections are of.")
  }
}

extension COCODetection {
  /// Throws unless the box is finite and the score has an order.
  func check(at index: Int) throws(COCOError) {
    guard !score.isNaN else {
      throw COCOError(
        code: .unorderedScore, place: "detection \(index) of image \(imageID)",
        expected: "a score that can be ordered", found: "NaN",
        remedy: "Remove the detection or repair the network that gave it.")
    }
    guard (x.isFinite && y.isFinite) && (width.isFinite && height.isFinite) else {
      throw COCOError(
        code: .notFinite, place: "detection \(index) of image \(imageID)",
        expected: "a finite box", found: "[\(x), \(y), \(width), \(height)]",
        remedy: "Remove the detection or repair the network that gave it.")
    }
  }
}

extension COCOGroundTruth {
  /// Throws unless box and area are finite.
  func check(at index: Int) throws(COCOError) {
    guard (x.isFinite && y.isFinite) && (width.isFinite && height.isFinite) && area.isFinite else {
      throw COCOError(
        code: .notFinite, place: "annotation \(index) of image \(imageID)",
        expected: "a finite box and area",
        found: "[\(x), \(y), \(width), \(height)], area \(area)",
        remedy: "Correct the annotation.")
    }
  }
}
