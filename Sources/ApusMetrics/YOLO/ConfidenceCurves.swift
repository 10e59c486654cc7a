/// Precision, recall and F1 of one class over the confidence, as YOLOv5 plots them.
public struct ConfidenceCurves: Sendable, Hashable {
  /// The 1000 confidences from 0 to 1 that every curve has a value for.
  public static let confidences = Interpolation.unitSteps(1000)

  /// The precision at every confidence: 1 above the highest score, 0 for a class never detected.
  public let precision: [Double]
  /// The recall at every confidence: 0 above the highest score.
  public let recall: [Double]

  /// The harmonic mean `2PR / (P + R + 1e-16)` at every confidence.
  public var f1: [Double] {
    zip(precision, recall).map { 2 * $0 * $1 / ($0 + $1 + 1e-16) }
  }

  /// The curves between the operating points, by straight lines (`ap_per_class`).
  init(_ points: OperatingPoints) {
    guard !points.scores.isEmpty else {
      precision = Self.confidences.map { _ in 0 }
      recall = precision
      return
    }
    let falling = points.scores.map { -Double($0) }
    let places = Self.confidences.reversed().map { -$0 }
    func curve(_ values: [Double], above: Double) -> [Double] {
      Interpolation.linear(at: places, xs: falling, ys: values, left: above).reversed()
    }
    precision = curve(points.precision, above: 1)
    recall = curve(points.recall, above: 0)
  }

  /// A box filter over a share of the curve, whose ends are prolonged (`smooth` of v6.1 and later).
  static func smoothed(_ curve: [Double], share: Double) -> [Double] {
    let width = Int((Double(curve.count) * share * 2).rounded(.toNearestOrEven)) / 2 + 1
    guard let first = curve.first, let last = curve.last else { return [] }
    let margin = width / 2
    let padded =
      Array(repeating: first, count: margin) + curve + Array(repeating: last, count: margin)
    return curve.indices.map { start in
      padded[start..<(start + width)].reduce(0) { $0 + $1 / Double(width) }
    }
  }
}
