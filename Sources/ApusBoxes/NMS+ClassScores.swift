extension NMS {
  /// The detections of a head without objectness: corners and one score per class (NanoDet).
  ///
  /// `boxes` are the corners of each row, `scores` its `[count, classCount]` class scores. Every
  /// class above its threshold becomes a candidate, in row order, then steps 4 to 7 follow.
  public static func detections(
    boxes: [Box], scores: [Float], classCount: Int, options: Options
  ) -> [Detection] {
    guard classCount > 0 else { return [] }
    let thresholds = options.confidence.table(classCount: classCount)
    var candidates: [Detection] = []
    for (row, box) in boxes.enumerated() where (row + 1) * classCount <= scores.count {
      for classID in 0..<classCount where options.classes?.contains(classID) ?? true {
        let score = scores[row * classCount + classID]
        guard score > thresholds[classID] else { continue }
        candidates.append(Detection(box: box, score: score, classID: classID))
      }
    }
    return suppress(candidates, options: options)
  }
}

extension NMS.Options {
  /// What NanoDet evaluates with: 0.05, 0.6, at most 100 detections.
  public static let nanodet = NMS.Options(
    confidence: ConfidenceThresholds(0.05), iou: 0.6, multiLabel: true,
    separation: .aboveLargestCoordinate, maxDetections: 100)
}
