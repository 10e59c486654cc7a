/// A range of areas in pixels², both ends included.
public enum COCOArea: Int, Sendable, CaseIterable {
  /// 0 to 10¹⁰.
  case all
  /// 0 to 32².
  case small
  /// 32² to 96².
  case medium
  /// 96² to 10¹⁰.
  case large

  /// The ends of the range.
  public var bounds: ClosedRange<Double> {
    switch self {
    case .all: 0...1e10
    case .small: 0...1024
    case .medium: 1024...9216
    case .large: 9216...1e10
    }
  }

  /// Whether an area lies outside.
  func excludes(_ area: Double) -> Bool { area < bounds.lowerBound || area > bounds.upperBound }
}

/// How many detections of a category in a picture are looked at, the best first.
public enum COCOLimit: Int, Sendable, CaseIterable {
  /// The best one.
  case one = 1
  /// The best ten.
  case ten = 10
  /// The best hundred.
  case hundred = 100

  /// The position in `allCases`.
  var position: Int {
    switch self {
    case .one: 0
    case .ten: 1
    case .hundred: 2
    }
  }
}

/// What COCO's evaluation of boxes fixes.
public enum COCOProtocol {
  /// The overlaps at which a detection counts as found: 0.5 to 0.95 in steps of 0.05.
  ///
  /// The doubles are those of `numpy.linspace(.5, .95, 10)`.
  public static let overlapThresholds: [Double] = spaced(from: 0.5, to: 0.95, count: 10)

  /// The recalls at which precision is sampled: 0 to 1 in steps of 0.01.
  ///
  /// The doubles are those of `numpy.linspace(0, 1, 101)`.
  public static let recallPoints: [Double] = spaced(from: 0, to: 1, count: 101)

  /// The position of the threshold 0.75.
  public static let strict = 5

  /// `[count]`: equally spaced numbers, rounded as `numpy.linspace` rounds them.
  private static func spaced(from start: Double, to end: Double, count: Int) -> [Double] {
    let step: Double = (end - start) / Double(count - 1)
    return (0..<count).map { $0 == count - 1 ? end : Double($0) * step + start }
  }
}
