extension NMS {
  /// Steps 5 to 7: the candidates that stand, best first.
  ///
  /// - Complexity: n log n to order the candidates, then at most n · `maxDetections` overlaps, and
  ///   fewer the more classes there are. `suppressByDefinition` is the twin it is tested against.
  public static func suppress(_ candidates: [Detection], options: Options) -> [Detection] {
    let valid = candidates.filter { !$0.score.isNaN && $0.box.isFinite }
    let order = ScoreOrder.descending(valid.map(\.score), limit: options.maxCandidates)
    let ranked = order.map { valid[$0] }
    let lanes = Lanes(ranked, separation: options.separation)
    var standing = [[SuppressionBox]](repeating: [], count: lanes.count)
    var kept: [Detection] = []
    for candidate in ranked {
      guard kept.count < options.maxDetections else { break }
      let box = SuppressionBox(candidate.box, offset: lanes.offset(of: candidate.classID))
      let lane = lanes.lane(of: candidate.classID)
      guard !standing[lane].contains(where: { $0.overlaps(box, above: options.iou) }) else {
        continue
      }
      standing[lane].append(box)
      kept.append(candidate)
    }
    return kept
  }

  /// The offset that moves a class apart, in binary32 as upstream computes it.
  static func offset(of classID: Int, separation: ClassSeparation, largest: Float) -> Float {
    switch separation {
    case .agnostic: 0
    case .fixed(let step): Float(classID) * step
    case .aboveLargestCoordinate: Float(classID) * (largest + 1)
    }
  }

  /// The largest coordinate of any box.
  static func largestCoordinate(_ boxes: [Detection]) -> Float {
    boxes.reduce(-Float.infinity) {
      max($0, max(max($1.box.x1, $1.box.x2), max($1.box.y1, $1.box.y2)))
    }
  }
}

/// A box as suppression sees it: moved apart by class, with its area.
struct SuppressionBox {
  let box: Box
  let area: Float

  init(_ box: Box, offset: Float) {
    self.box = Box(
      x1: box.x1 + offset, y1: box.y1 + offset, x2: box.x2 + offset, y2: box.y2 + offset)
    area = self.box.area
  }

  /// Whether the overlap exceeds a threshold; two empty boxes give NaN, which exceeds nothing.
  @inline(__always)
  func overlaps(_ other: SuppressionBox, above threshold: Double) -> Bool {
    let shared = Overlap.intersection(box, other.box)
    return Double(shared / (area + other.area - shared)) > threshold
  }
}

/// Groups of classes that need not be compared with each other.
///
/// Each class is a group of its own when the offsets of the classes lie further apart than the
/// boxes reach: boxes of two classes then share no area. Otherwise all are one group, so that wide
/// boxes meet across classes exactly as they do upstream. A threshold below zero is exceeded even
/// by boxes that share nothing, hence thresholds are expected at or above zero.
private struct Lanes {
  private let lanes: [Int: Int]
  private let offsets: [Int: Float]
  let count: Int

  init(_ ranked: [Detection], separation: NMS.ClassSeparation) {
    let largest = NMS.largestCoordinate(ranked)
    let classes = Set(ranked.map(\.classID)).sorted()
    let offsets = classes.map {
      NMS.offset(of: $0, separation: separation, largest: largest)
    }
    self.offsets = Dictionary(uniqueKeysWithValues: zip(classes, offsets))
    let left = ranked.reduce(Double.infinity) { min($0, Double(min($1.box.x1, $1.box.x2))) }
    let right = ranked.reduce(-Double.infinity) { max($0, Double(max($1.box.x1, $1.box.x2))) }
    let isApart = zip(offsets, offsets.dropFirst()).allSatisfy {
      Double($1) - Double($0) >= right - left
    }
    count = isApart ? max(classes.count, 1) : 1
    lanes = Dictionary(
      uniqueKeysWithValues: classes.enumerated().map { ($1, isApart ? $0 : 0) })
  }

  func lane(of classID: Int) -> Int { lanes[classID] ?? 0 }

  func offset(of classID: Int) -> Float { offsets[classID] ?? 0 }
}
