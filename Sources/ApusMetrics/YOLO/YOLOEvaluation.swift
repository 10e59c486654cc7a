/// YOLOv5's evaluation of a detector on a data set: `ap_per_class`.
///
/// Conventions, all upstream's: only classes that have objects are evaluated and averaged over;
/// detections of other classes cost nothing. A class without detections has precision, recall and
/// AP 0. One class is no special case. Where there is no object at all, every mean is nil: upstream prints 0.
public struct YOLOEvaluation: Sendable, Hashable {
  /// How the confidence at which precision and recall are stated is chosen.
  public enum BestConfidenceRule: Sendable, CaseIterable {
    /// v6.0: where the mean F1 is highest.
    case highest
    /// v6.1 and later: where the mean F1 is highest after a box filter over a tenth of the curve.
    case smoothed
  }

  /// One class that has objects.
  public struct ClassResult: Sendable, Hashable {
    /// The index of the class.
    public let classID: Int
    /// The AP in `0...1` at every threshold of the matching.
    public let averagePrecisions: [Double]
    /// What is reached at every score, at the first threshold.
    public let points: OperatingPoints
    /// Precision, recall and F1 over the confidence, at the first threshold.
    public let curves: ConfidenceCurves
    /// The precision at the evaluation's `confidence`.
    public fileprivate(set) var precision = 0.0
    /// The recall at the evaluation's `confidence`.
    public fileprivate(set) var recall = 0.0
    /// F1 at the evaluation's `confidence`.
    public fileprivate(set) var f1 = 0.0

    /// The objects of the class.
    public var truthCount: Int { points.truthCount }
    /// The detections of the class.
    public var detectionCount: Int { points.scores.count }
    /// The AP averaged over the thresholds.
    public var meanAveragePrecision: Double { mean(averagePrecisions) ?? 0 }
  }

  /// The classes that have objects, ascending.
  public let classes: [ClassResult]
  /// Where the mean F1 over the classes is best; nil without objects.
  public let confidence: Double?

  /// Evaluates the detections of all pictures.
  ///
  /// - Parameters:
  ///   - judged: The detections of all pictures, as `YOLOMatching` judged them; of equal scores
  ///     the earlier comes first.
  ///   - truthClasses: The class of every object of all pictures.
  ///   - matching: The matching that judged them.
  /// - Throws: Where a score is no number.
  public init(
    judged: [JudgedDetection], truthClasses: [Int], matching: YOLOMatching,
    rule: BestConfidenceRule = .highest
  ) throws(MetricInputError) {
    if let index = judged.firstIndex(where: { !$0.score.isFinite }) {
      throw .score(value: judged[index].score, detection: index)
    }
    var truthCounts: [Int: Int] = [:]
    for classID in truthClasses { truthCounts[classID, default: 0] += 1 }
    let byClass = Dictionary(grouping: judged, by: \.classID)
    var classes = truthCounts.sorted { $0.key < $1.key }.map { classID, truthCount in
      ClassResult(
        classID: classID, detections: byClass[classID] ?? [], truthCount: truthCount,
        thresholdCount: matching.thresholds.count)
    }
    let total = Self.average(
      classes.map(\.curves.f1), smoothedOver: rule == .smoothed ? 0.1 : nil)
    let best = total.max().flatMap(total.firstIndex)
    if let best {
      for index in classes.indices {
        classes[index].precision = classes[index].curves.precision[best]
        classes[index].recall = classes[index].curves.recall[best]
        classes[index].f1 = classes[index].curves.f1[best]
      }
    }
    self.classes = classes
    confidence = best.map { ConfidenceCurves.confidences[$0] }
  }

  /// The mean precision at `confidence`.
  public var precision: Double? { mean(classes.map(\.precision)) }
  /// The mean recall at `confidence`.
  public var recall: Double? { mean(classes.map(\.recall)) }
  /// The mean AP at the first threshold: mAP50 at the standard ones.
  public var mAP50: Double? { mean(classes.map { $0.averagePrecisions[0] }) }
  /// The mean AP over classes and thresholds: mAP50-95 at the standard ones.
  public var mAP: Double? { mean(classes.map(\.meanAveragePrecision)) }
  /// The number by which YOLOv5 picks its best checkpoint: 0.1 mAP50 + 0.9 mAP50-95.
  public var fitness: Double? {
    guard let mAP50, let mAP else { return nil }
    return 0.1 * mAP50 + 0.9 * mAP
  }

  /// A curve averaged over the classes, at `ConfidenceCurves.confidences`; empty without objects.
  ///
  /// - Parameters:
  ///   - share: The width of a box filter as a share of the curve; YOLOv5 plots with 0.05.
  public func meanCurve(
    _ curve: (ConfidenceCurves) -> [Double], smoothedOver share: Double? = nil
  ) -> [Double] {
    Self.average(classes.map { curve($0.curves) }, smoothedOver: share)
  }

  private static func average(_ curves: [[Double]], smoothedOver share: Double?) -> [Double] {
    guard var total = curves.first else { return [] }
    for curve in curves.dropFirst() { for index in total.indices { total[index] += curve[index] } }
    for index in total.indices { total[index] /= Double(curves.count) }
    return share.map { ConfidenceCurves.smoothed(total, share: $0) } ?? total
  }
}

extension YOLOEvaluation.ClassResult {
  fileprivate init(
    classID: Int, detections: [JudgedDetection], truthCount: Int, thresholdCount: Int
  ) {
    let sorted = detections.enumerated().sorted {
      $0.element.score == $1.element.score
        ? $0.offset < $1.offset : $0.element.score > $1.element.score
    }.map(\.element)
    self.classID = classID
    points = OperatingPoints(sorted, threshold: 0, truthCount: truthCount)
    curves = ConfidenceCurves(points)
    averagePrecisions = (0..<thresholdCount).map { threshold in
      guard !sorted.isEmpty else { return 0 }
      let points = OperatingPoints(sorted, threshold: threshold, truthCount: truthCount)
      return YOLOAveragePrecision.of(recall: points.recall, precision: points.precision)
    }
  }
}

/// The sum over the count; nil of nothing.
private func mean(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}
