/// How far a result may lie from its reference: the only home of tolerances in the tests.
public enum Tolerance: Sendable, CustomStringConvertible {
  /// Bit for bit; NaN equals NaN.
  case exact
  /// |found - expected| <= relative * |expected| + absolute.
  case close(relative: Double, absolute: Double)

  /// One or two roundings of binary32 apart.
  public static let rounding = close(relative: 1e-6, absolute: 1e-7)
  /// What ONNX backend node tests allow by default.
  public static let nodeTest = close(relative: 1e-3, absolute: 1e-7)
  /// Sums in another order, in binary32: 1e-4 relative.
  public static let reordered = close(relative: 1e-4, absolute: 1e-5)
  /// Sums in another order, in binary64.
  public static let reorderedDoubles = close(relative: 0, absolute: 1e-12)
  /// Averages of precision whose detections tie in score and stand in another order.
  public static let tiedScores = close(relative: 0, absolute: 3e-6)
  /// Results of a float16 network against a float32 one.
  public static let halfPrecision = close(relative: 2e-2, absolute: 2e-2)

  /// Whether `found` may stand for `expected`.
  public func accepts(_ found: Double, _ expected: Double) -> Bool {
    if found == expected || (found.isNaN && expected.isNaN) { return true }
    switch self {
    case .exact: return false
    case .close(let relative, let absolute):
      return abs(found - expected) <= relative * abs(expected) + absolute
    }
  }

  /// The bounds.
  public var description: String {
    switch self {
    case .exact: "exact"
    case .close(let relative, let absolute): "relative \(relative), absolute \(absolute)"
    }
  }
}
