extension NMS {
  /// Steps 1 to 4: the candidates in decoded rows `[count, 5 + classCount]`, in row order.
  ///
  /// With thresholds of single classes the class of a row is chosen first and its threshold asked
  /// second: a higher threshold removes candidates and never renames them.
  public static func candidates(
    rows: [Float], classCount: Int, options: Options
  ) -> [Detection] {
    guard classCount > 0 else { return [] }
    let gate = RowGate(classCount: classCount, options: options)
    let width = 5 + classCount
    var found: [Detection] = []
    var start = 0
    while start + width <= rows.count {
      if rows[start + 4] > gate.objectness {
        let centre = CentreBox(
          x: rows[start], y: rows[start + 1], width: rows[start + 2], height: rows[start + 3])
        gate.append(
          box: centre.corners, objectness: rows[start + 4],
          probabilities: rows[(start + 5)..<(start + width)], to: &found)
      }
      start += width
    }
    return found
  }

  /// The scores of one row against the thresholds, for decoders that make rows one at a time.
  public struct RowGate: Sendable {
    /// The objectness that a row must exceed; nothing else of it need be computed before.
    public let objectness: Float
    let thresholds: [Float]
    let isKept: [Bool]
    let isMultiLabel: Bool
    let ignoresProbability: Bool

    /// The gate for rows of `classCount` classes.
    public init(classCount: Int, options: Options) {
      objectness = options.confidence.least(classCount: classCount)
      thresholds = options.confidence.table(classCount: classCount)
      isKept = (0..<classCount).map { options.classes?.contains($0) ?? true }
      isMultiLabel = options.multiLabel && classCount > 1
      ignoresProbability = classCount == 1 && options.singleClassScore == .objectness
    }

    /// Appends the candidates that a row gives: none, its best class, or every class that passes.
    public func append(
      box: Box, objectness: Float, probabilities: ArraySlice<Float>,
      to candidates: inout [Detection]
    ) {
      guard objectness > self.objectness, box.isFinite else { return }
      let first = probabilities.startIndex
      func score(_ classID: Int) -> Float {
        ignoresProbability ? objectness : probabilities[first + classID] * objectness
      }
      if isMultiLabel {
        for classID in thresholds.indices where isKept[classID] {
          let value = score(classID)
          guard value > thresholds[classID] else { continue }
          candidates.append(Detection(box: box, score: value, classID: classID))
        }
        return
      }
      var best = -Float.infinity
      var bestClass = -1
      for classID in thresholds.indices {
        let value = score(classID)
        guard value > best else { continue }
        best = value
        bestClass = classID
      }
      guard bestClass >= 0, isKept[bestClass], best > thresholds[bestClass] else { return }
      candidates.append(Detection(box: box, score: best, classID: bestClass))
    }
  }
}
