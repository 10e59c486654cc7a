public import ApusBoxes

/// A detection after it has been held against the marked objects of its picture.
public struct JudgedDetection: Sendable, Hashable {
  /// Its score.
  public var score: Float
  /// Its class.
  public var classID: Int
  /// Bit `t` is set where it counts as a true positive at threshold `t` of the matching.
  public var correct: UInt32

  /// A judged detection.
  public init(score: Float, classID: Int, correct: UInt32) {
    self.score = score
    self.classID = classID
    self.correct = correct
  }

  /// Whether it is a true positive at the threshold of an index.
  public func isCorrect(at threshold: Int) -> Bool { correct >> UInt32(threshold) & 1 == 1 }
}

/// Which detections of a picture are true positives, as YOLOv5's `val.py` decides.
///
/// A detection competes only for the object of its class that it overlaps most (the later one of
/// equals). An object claimed by several goes to the one with the highest score, not to the one
/// that lies best: COCO instead lets a detection fall back to its second choice.
///
/// Crowds are not known to YOLO's label files: objects marked so count as any other, and a caller
/// that wants them out leaves them out, as upstream's conversion of COCO does.
public struct YOLOMatching: Sendable, Hashable {
  /// When an object that is taken at one threshold is taken at another.
  public enum Rule: Sendable, CaseIterable {
    /// `process_batch` up to v6.1: one assignment, made at the lowest threshold, serves all.
    case once
    /// `process_batch` from v6.2 on: every threshold has an assignment of its own.
    case perThreshold
  }

  /// The intersections over union from which on a detection counts, ascending, 32 at most.
  public let thresholds: [Float]
  /// When an object is taken.
  public let rule: Rule

  /// The ten thresholds 0.5, 0.55 … 0.95.
  public static let standardThresholds: [Float] = [
    0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95,
  ]

  /// A matching at 1 to 32 thresholds, which are put in ascending order.
  public init(thresholds: [Float] = standardThresholds, rule: Rule = .once) {
    precondition((1...32).contains(thresholds.count), "1 to 32 thresholds")
    self.thresholds = thresholds.sorted()
    self.rule = rule
  }

  /// Judges the detections of one picture, in the order in which they are given.
  ///
  /// The detections may come in any order; of equal scores the earlier is the better one. Boxes
  /// without area, or with NaN in them, match nothing. Throws where a score is no number.
  public func judge(
    _ detections: [Detection], against truths: [GroundTruth]
  ) throws(MetricInputError) -> [JudgedDetection] {
    try MetricInputError.check(detections)
    var judged = detections.map {
      JudgedDetection(score: $0.score, classID: $0.classID, correct: 0)
    }
    guard !truths.isEmpty else { return judged }
    var claimed = [UInt32](repeating: 0, count: truths.count)
    let order = detections.indices.sorted {
      let (left, right) = (detections[$0].score, detections[$1].score)
      return left == right ? $0 < $1 : left > right
    }
    for index in order {
      let detection = detections[index]
      guard let best = nearest(to: detection, in: truths) else { continue }
      var passes: UInt32 = 0
      for (bit, threshold) in thresholds.enumerated() where best.overlap >= threshold {
        passes |= 1 << UInt32(bit)
      }
      switch rule {
      case .once: judged[index].correct = claimed[best.truth] == 0 ? passes : 0
      case .perThreshold: judged[index].correct = passes & ~claimed[best.truth]
      }
      claimed[best.truth] |= passes
    }
    return judged
  }

  /// The object of the detection's class that it overlaps most, at the lowest threshold or above.
  private func nearest(
    to detection: Detection, in truths: [GroundTruth]
  ) -> (truth: Int, overlap: Float)? {
    var best: (truth: Int, overlap: Float)?
    for (index, truth) in truths.enumerated() where truth.classID == detection.classID {
      let overlap = Overlap.plain(truth.box, detection.box)
      if overlap >= best?.overlap ?? thresholds[0] { best = (index, overlap) }
    }
    return best
  }
}
