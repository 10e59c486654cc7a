/// The output of networks that suppress inside the graph: rows of corners, score and class.
public enum EndToEndRows {
  /// The detections in `[count, 6]` numbers `x1, y1, x2, y2, score, class`, in their order.
  ///
  /// Rows whose score does not exceed the threshold of their class are padding. Rows with a number
  /// that is not finite, or a class that is no index below 2³¹, are dropped.
  public static func detections(
    rows: [Float], confidence: ConfidenceThresholds, classes: Set<Int>? = nil,
    maxDetections: Int = .max
  ) -> [Detection] {
    var found: [Detection] = []
    for start in stride(from: 0, through: rows.count - 6, by: 6) {
      guard found.count < maxDetections else { break }
      guard rows[start..<(start + 6)].allSatisfy(\.isFinite) else { continue }
      let label = rows[start + 5].rounded()
      guard label >= 0, label < 0x1p31 else { continue }
      let classID = Int(label)
      guard classes?.contains(classID) ?? true, rows[start + 4] > confidence[classID] else {
        continue
      }
      let box = Box(
        x1: rows[start], y1: rows[start + 1], x2: rows[start + 2], y2: rows[start + 3])
      found.append(Detection(box: box, score: rows[start + 4], classID: classID))
    }
    return found
  }
}
