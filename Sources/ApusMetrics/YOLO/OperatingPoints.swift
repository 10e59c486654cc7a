/// What a detector reaches for one class at every score it gave, at one threshold of overlap.
///
/// Point `i` is the state after the `i + 1` best detections. Ties keep the order of their arrival.
public struct OperatingPoints: Sendable, Hashable {
  /// The scores, falling.
  public let scores: [Float]
  /// The true positives among the first `i + 1` detections.
  public let truePositives: [Int]
  /// The objects of the class; at least one.
  public let truthCount: Int

  /// The true positives over the objects.
  public var recall: [Double] { truePositives.map { Double($0) / Double(truthCount) } }

  /// The true positives over the detections.
  public var precision: [Double] {
    truePositives.enumerated().map { Double($1) / Double($0 + 1) }
  }

  /// The points of detections of one class sorted by falling score.
  init(_ sorted: [JudgedDetection], threshold: Int, truthCount: Int) {
    scores = sorted.map(\.score)
    var sum = 0
    truePositives = sorted.map {
      sum += $0.isCorrect(at: threshold) ? 1 : 0
      return sum
    }
    self.truthCount = truthCount
  }
}
