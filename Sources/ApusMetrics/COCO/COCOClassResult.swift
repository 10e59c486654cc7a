/// Precision and recall of one category, at every threshold, area range and limit.
///
/// -1 stands everywhere in an area range that has no object of the category to find: there is
/// nothing to measure, and averages over categories leave it out.
public struct COCOClassResult: Sendable {
  /// The identifier of the category.
  public let categoryID: Int
  /// `[4, 3, 10, 101]`: precision by area range, limit, IoU threshold and recall point.
  public internal(set) var precisions: [Double]
  /// `[4, 3, 10, 101]`: the score at which that recall is reached; 0 where it is not.
  public internal(set) var scores: [Double]
  /// `[4, 3, 10]`: the recall of all detections looked at.
  public internal(set) var recalls: [Double]
  /// How many objects count, by area range.
  let positives: SIMD4<Int>

  /// How many objects of an area range there are to find; crowds are none.
  public func objectCount(in area: COCOArea) -> Int { positives[area.rawValue] }

  /// AP: precision averaged over recall points and IoU thresholds, or at one threshold; or -1.
  ///
  /// - Parameter threshold: a position in `COCOProtocol.overlapThresholds`.
  public func averagePrecision(
    threshold: Int? = nil, area: COCOArea = .all, limit: COCOLimit = .hundred
  ) -> Double {
    let points = COCOProtocol.recallPoints.count
    let range = Self.positions(threshold, area, limit)
    return Self.mean(precisions[range.lowerBound * points..<range.upperBound * points])
  }

  /// AR: recall averaged over IoU thresholds, or at one threshold; or -1.
  ///
  /// - Parameter threshold: a position in `COCOProtocol.overlapThresholds`.
  public func averageRecall(
    threshold: Int? = nil, area: COCOArea = .all, limit: COCOLimit = .hundred
  ) -> Double {
    Self.mean(recalls[Self.positions(threshold, area, limit)])
  }

  /// Where the thresholds of an area range and limit lie in `recalls`.
  static func positions(_ threshold: Int?, _ area: COCOArea, _ limit: COCOLimit) -> Range<Int> {
    let count = COCOProtocol.overlapThresholds.count
    let start = (area.rawValue * COCOLimit.allCases.count + limit.position) * count
    guard let threshold else { return start..<start + count }
    precondition((0..<count).contains(threshold), "threshold is a position below \(count)")
    return start + threshold..<start + threshold + 1
  }

  /// The mean; of values that are all -1 it is -1.
  private static func mean(_ values: ArraySlice<Double>) -> Double {
    values.reduce(0, +) / Double(values.count)
  }
}

extension COCOClassResult {
  /// Accumulates the matched detections of a category.
  init(categoryID: Int, matching: COCOMatching) {
    let slots =
      COCOArea.allCases.count * COCOLimit.allCases.count * COCOProtocol.overlapThresholds.count
    let points = COCOProtocol.recallPoints.count
    self.categoryID = categoryID
    positives = matching.positives
    precisions = [Double](repeating: -1, count: slots * points)
    scores = [Double](repeating: -1, count: slots * points)
    recalls = [Double](repeating: -1, count: slots)
    let candidates = matching.ranking
    for area in COCOArea.allCases where positives[area.rawValue] > 0 {
      for limit in COCOLimit.allCases { accumulate(candidates, area, limit) }
    }
  }

  /// Fills the curves of an area range and limit from detections in descending order of score.
  ///
  /// Precision is highest, and recall rises, only where an object is found: only these places of
  /// the ranking are kept.
  private mutating func accumulate(
    _ candidates: [COCOCandidate], _ area: COCOArea, _ limit: COCOLimit
  ) {
    let levels = COCOProtocol.overlapThresholds.count
    let capacity = positives[area.rawValue]
    // At `level * capacity + n`, of the n-th object found: false positives before it, its score.
    var missesBefore = [UInt32](repeating: 0, count: levels * capacity)
    var foundScores = [Double](repeating: 0, count: levels * capacity)
    var found = [Int](repeating: 0, count: levels)
    var misses = SIMD16<UInt32>()
    let shifts = SIMD16<UInt16>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    for candidate in candidates where candidate.rank < limit.rawValue {
      let missed = SIMD16<UInt16>(repeating: candidate.misses[area.rawValue])
      misses &+= SIMD16<UInt32>(truncatingIfNeeded: (missed &>> shifts) & 1)
      var hits = candidate.hits[area.rawValue]
      while hits != 0 {
        let level = hits.trailingZeroBitCount
        hits &= hits - 1
        let slot = level * capacity + found[level]
        missesBefore[slot] = misses[level]
        foundScores[slot] = candidate.score
        found[level] += 1
      }
    }
    let positions = Self.positions(nil, area, limit)
    for level in 0..<levels {
      let slots = level * capacity..<level * capacity + found[level]
      recalls[positions.lowerBound + level] = Double(found[level]) / Double(capacity)
      sample(
        missesBefore: missesBefore[slots], scores: foundScores[slots],
        topScore: candidates.first?.score ?? 0, objects: capacity,
        at: (positions.lowerBound + level) * COCOProtocol.recallPoints.count)
    }
  }

  /// Samples one curve at the recall points: the highest precision at that recall or above.
  ///
  /// The score of recall 0 is that of the best detection, whatever became of it.
  private mutating func sample(
    missesBefore: ArraySlice<UInt32>, scores foundScores: ArraySlice<Double>, topScore: Double,
    objects: Int, at start: Int
  ) {
    var envelope = missesBefore.enumerated().map { position, misses in
      Double(position + 1) / (Double(Int(misses) + position + 1) + .ulpOfOne)
    }
    for position in envelope.indices.dropFirst().reversed()
    where envelope[position] > envelope[position - 1] {
      envelope[position - 1] = envelope[position]
    }
    precisions[start] = envelope.first ?? 0
    scores[start] = topScore
    var position = 0
    for (offset, recall) in COCOProtocol.recallPoints.enumerated().dropFirst() {
      while position < envelope.count, Double(position + 1) / Double(objects) < recall {
        position += 1
      }
      let isReached = position < envelope.count
      precisions[start + offset] = isReached ? envelope[position] : 0
      scores[start + offset] = isReached ? foundScores[foundScores.startIndex + position] : 0
    }
  }
}
