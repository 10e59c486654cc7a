public import ApusBoxes

/// The confidence threshold of a class that serves a goal best on an evaluated data set.
///
/// Thresholds are chosen among the operating points that were measured, not on interpolated curves:
/// on the data set they keep what they promise.
public struct BestConfidence: Sendable, Hashable {
  /// What a threshold shall reach.
  public enum Goal: Sendable, Hashable {
    /// The highest F1.
    case f1
    /// The highest recall among the thresholds that keep at least this precision.
    case precision(atLeast: Double)
    /// The highest precision among the thresholds that keep at least this recall.
    case recall(atLeast: Double)
  }

  /// The threshold: scores strictly above it are kept.
  public let threshold: Float
  /// The precision of what is kept.
  public let precision: Double
  /// The share of the objects that is found.
  public let recall: Double

  /// The harmonic mean of precision and recall.
  public var f1: Double {
    precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
  }

  /// The best threshold of a class; nil where none finds an object and keeps the floor.
  ///
  /// Among equals the one with the better floored measure, then the highest threshold, is taken.
  /// The threshold lies halfway to the next lower score, or to 0 after the last.
  public init?(_ goal: Goal, for points: OperatingPoints) {
    var best: BestConfidence?
    var bestRank = (-1.0, -1.0)
    for index in points.scores.indices where points.truePositives[index] > 0 {
      let score = points.scores[index]
      let isLast = index + 1 == points.scores.count
      let next = isLast ? 0 : points.scores[index + 1]
      // Equal scores pass together or not at all; a threshold below 0 cannot be asked for.
      guard next < score, score > 0 else { continue }
      let precision = Double(points.truePositives[index]) / Double(index + 1)
      let recall = Double(points.truePositives[index]) / Double(points.truthCount)
      let candidate = BestConfidence(
        threshold: Self.between(max(next, 0), score), precision: precision, recall: recall)
      let rank: (Double, Double)
      switch goal {
      case .f1: rank = (candidate.f1, precision)
      case .precision(let floor):
        guard precision >= floor else { continue }
        rank = (recall, precision)
      case .recall(let floor):
        guard recall >= floor else { continue }
        rank = (precision, recall)
      }
      if rank > bestRank { (best, bestRank) = (candidate, rank) }
    }
    guard let best else { return nil }
    self = best
  }

  private init(threshold: Float, precision: Double, recall: Double) {
    self.threshold = threshold
    self.precision = precision
    self.recall = recall
  }

  /// A number in `lower..<upper`, halfway where there is room.
  private static func between(_ lower: Float, _ upper: Float) -> Float {
    let middle = lower + (upper - lower) / 2
    return middle < upper ? middle : lower
  }
}

extension YOLOEvaluation {
  /// The best threshold of every class that has one, by class.
  public func bestConfidences(_ goal: BestConfidence.Goal) -> [Int: BestConfidence] {
    var found: [Int: BestConfidence] = [:]
    for result in classes { found[result.classID] = BestConfidence(goal, for: result.points) }
    return found
  }

  /// Thresholds for `detect`; classes for which the goal cannot be reached keep `base`.
  public func thresholds(_ goal: BestConfidence.Goal, base: Float = 0.25) -> ConfidenceThresholds {
    ConfidenceThresholds(base, perClass: bestConfidences(goal).mapValues(\.threshold))
  }
}
