import ApusBoxes

/// Detections or marked objects that a YOLO metric cannot count.
public enum MetricInputError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A score is NaN or infinite: there is no order in which it could compete.
  case score(value: Float, detection: Int)
  /// A class lies outside the names of the data set.
  case classOutOfRange(classID: Int, classCount: Int, what: String, index: Int)

  /// Which entry is wrong, what was expected, and what to do.
  public var description: String {
    switch self {
    case .score(let value, let detection):
      "detection \(detection) has the score \(value), expected a finite number; "
        + "remove it or repair the program that wrote it"
    case .classOutOfRange(let classID, let classCount, let what, let index):
      "\(what) \(index) has the class \(classID), expected 0 to \(classCount - 1); "
        + "check that detections and data set use the same names"
    }
  }

  /// Refuses scores that are no numbers.
  static func check(_ detections: [Detection]) throws(MetricInputError) {
    if let index = detections.firstIndex(where: { !$0.score.isFinite }) {
      throw .score(value: detections[index].score, detection: index)
    }
  }
}
