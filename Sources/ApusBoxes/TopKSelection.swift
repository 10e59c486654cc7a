/// The choice of boxes of detectors that need no suppression: YOLOv10's `v10postprocess`.
public enum TopKSelection {
  /// The `maxDetections` best pairs of box and class, best first.
  ///
  /// `rows` holds `[count, 4 + classCount]` numbers: a box by its centre, then class scores. First
  /// the `maxDetections` rows with the highest single score are taken, then the highest of all
  /// their scores, so one box may come several times with different classes. Of equal scores the
  /// earlier row, then the lower class is taken. Scores that are NaN and boxes that are not finite
  /// are dropped before.
  public static func detections(
    rows: [Float], classCount: Int, maxDetections: Int = 300
  ) -> [Detection] {
    guard classCount > 0 else { return [] }
    let width = 4 + classCount
    var starts: [Int] = []
    var best: [Float] = []
    for start in stride(from: 0, through: rows.count - width, by: width) {
      let scores = rows[(start + 4)..<(start + width)]
      guard rows[start..<(start + 4)].allSatisfy(\.isFinite), !scores.contains(where: \.isNaN)
      else { continue }
      starts.append(start)
      best.append(scores.max() ?? 0)
    }
    let chosen = ScoreOrder.descending(best, limit: maxDetections).map { starts[$0] }
    let scores = chosen.flatMap { rows[($0 + 4)..<($0 + width)] }
    return ScoreOrder.descending(scores, limit: maxDetections).map { index in
      let start = chosen[index / classCount]
      let centre = CentreBox(
        x: rows[start], y: rows[start + 1], width: rows[start + 2], height: rows[start + 3])
      return Detection(
        box: centre.corners, score: scores[index], classID: index % classCount)
    }
  }
}
