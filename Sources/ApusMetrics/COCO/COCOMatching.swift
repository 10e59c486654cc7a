/// A detection after matching, in its category: of every area range (lane) and IoU threshold (bit).
struct COCOCandidate: Sendable {
  /// The confidence.
  var score: Double
  /// The position of its picture.
  var image: Int32
  /// How many detections of its picture and category come before it.
  var rank: Int32
  /// Its place before detections are sorted by score: by picture, then by rank.
  var place: Int
  /// Bit t of lane a: found an object that counts in range a, at threshold t.
  var hits = SIMD4<UInt16>()
  /// Bit t of lane a: found nothing and counts against the detector.
  var misses = SIMD4<UInt16>()
}

/// Assigns the detections of one category to its objects, picture by picture.
///
/// Per picture the detections come in descending order of score. At each IoU threshold a detection
/// takes the free object with which it overlaps most, of equal ones the last; ignored objects only
/// if no other can be had. A crowd is never taken up. Detections that take an ignored object, or
/// none and lie outside the area range, count neither way.
struct COCOMatching {
  /// The detections looked at, by picture and rank.
  private(set) var candidates: [COCOCandidate] = []
  /// How many objects count, by area range.
  private(set) var positives = SIMD4<Int>()

  private let thresholds = COCOProtocol.overlapThresholds
  private let areas = COCOArea.allCases
  private let lowest = COCOProtocol.overlapThresholds[0]
  private let everyThreshold: UInt16 = 1 << UInt16(COCOProtocol.overlapThresholds.count) - 1

  // Of the picture at hand, by object: which ranges (bits) ignore it; which thresholds (bits) of
  // range `a` have taken it, at `4 * object + a`.
  private var ignored: [UInt8] = []
  private var taken: [UInt16] = []
  // Of the detection at hand: the objects it overlaps enough for some threshold, and how much.
  private var near: [(object: Int, overlap: Double)] = []

  /// Matches all detections against all objects of a category; both lists are grouped by picture.
  init(
    detections: [COCODetection], detectionOrder: ArraySlice<Int>, detectionImages: [Int],
    objects: [COCOGroundTruth], objectOrder: ArraySlice<Int>, objectImages: [Int]
  ) {
    var nextObject = objectOrder.startIndex
    var next = detectionOrder.startIndex
    candidates.reserveCapacity(detectionOrder.count)
    for index in objectOrder {
      for area in areas where !objects[index].isIgnored(in: area) { positives[area.rawValue] += 1 }
    }
    while next < detectionOrder.endIndex {
      let image = detectionImages[detectionOrder[next]]
      var end = next
      while end < detectionOrder.endIndex, detectionImages[detectionOrder[end]] == image {
        end += 1
      }
      while nextObject < objectOrder.endIndex, objectImages[objectOrder[nextObject]] < image {
        nextObject += 1
      }
      let firstObject = nextObject
      while nextObject < objectOrder.endIndex, objectImages[objectOrder[nextObject]] == image {
        nextObject += 1
      }
      match(
        Self.best(detectionOrder[next..<end], of: detections), of: detections, image: image,
        with: objectOrder[firstObject..<nextObject], of: objects)
      next = end
    }
  }

  /// The detections in descending order of score, equal ones by picture, within a picture by rank.
  var ranking: [COCOCandidate] {
    candidates.sorted { $0.score > $1.score || ($0.score == $1.score && $0.place < $1.place) }
  }

  /// The indices of at most a hundred best detections, best first, equal ones as they came.
  private static func best(
    _ indices: ArraySlice<Int>, of detections: [COCODetection]
  ) -> ArraySlice<Int> {
    let isSorted = zip(indices, indices.dropFirst())
      .allSatisfy { detections[$0].score >= detections[$1].score }
    guard !isSorted else { return indices.prefix(COCOLimit.hundred.rawValue) }
    let sorted = indices.sorted {
      let (first, second) = (detections[$0].score, detections[$1].score)
      return first > second || (first == second && $0 < $1)
    }
    return sorted.prefix(COCOLimit.hundred.rawValue)
  }

  /// Matches the detections of one picture.
  private mutating func match(
    _ indices: ArraySlice<Int>, of detections: [COCODetection], image: Int,
    with objectIndices: ArraySlice<Int>, of objects: [COCOGroundTruth]
  ) {
    ignored.removeAll(keepingCapacity: true)
    taken.removeAll(keepingCapacity: true)
    for index in objectIndices {
      let bits = areas.reduce(UInt8(0)) {
        objects[index].isIgnored(in: $1) ? $0 | 1 << UInt8($1.rawValue) : $0
      }
      ignored.append(bits)
      for _ in areas { taken.append(0) }
    }
    for (rank, index) in indices.enumerated() {
      let detection = detections[index]
      findNear(detection, objectIndices, of: objects)
      var candidate = COCOCandidate(
        score: detection.score, image: Int32(image), rank: Int32(rank), place: candidates.count)
      for area in areas {
        let (found, uncounted) =
          near.isEmpty
          ? (0, 0)
          : take(
            in: area, isCrowd: { objects[objectIndices[objectIndices.startIndex + $0]].isCrowd })
        candidate.hits[area.rawValue] = found & ~uncounted
        if !area.excludes(detection.area) {
          candidate.misses[area.rawValue] = ~found & everyThreshold
        }
      }
      candidates.append(candidate)
    }
  }

  /// Lists the objects that a detection may take at some threshold.
  ///
  /// Nothing compares below a NaN: after an object with one, any other is taken, however little it
  /// overlaps. Then all are listed.
  private mutating func findNear(
    _ detection: COCODetection, _ indices: ArraySlice<Int>, of objects: [COCOGroundTruth]
  ) {
    near.removeAll(keepingCapacity: true)
    var isOrdered = true
    for (object, index) in indices.enumerated() {
      let overlap = detection.overlap(objects[index])
      if overlap >= lowest { near.append((object, overlap)) }
      if overlap.isNaN { isOrdered = false }
    }
    if isOrdered { return }
    near = indices.enumerated().map { ($0, detection.overlap(objects[$1])) }
  }

  /// Has the detection at hand take an object at every threshold of an area range.
  ///
  /// - Returns: the thresholds (bits) that have one, and those of them where it is an ignored one.
  private mutating func take(
    in area: COCOArea, isCrowd: (Int) -> Bool
  ) -> (found: UInt16, uncounted: UInt16) {
    let range = UInt8(1) << UInt8(area.rawValue)
    var (found, uncounted) = (UInt16(0), UInt16(0))
    for (level, threshold) in thresholds.enumerated() {
      let bit = UInt16(1) << UInt16(level)
      var (best, chosen) = (threshold, -1)
      for (object, overlap) in near where ignored[object] & range == 0 {
        if taken[4 * object + area.rawValue] & bit != 0 || overlap < best { continue }
        (best, chosen) = (overlap, object)
      }
      if chosen < 0 {
        for (object, overlap) in near where ignored[object] & range != 0 {
          if taken[4 * object + area.rawValue] & bit != 0 && !isCrowd(object) { continue }
          if overlap < best { continue }
          (best, chosen) = (overlap, object)
        }
        if chosen >= 0 { uncounted |= bit }
      }
      if chosen < 0 { continue }
      found |= bit
      taken[4 * chosen + area.rawValue] |= bit
    }
    return (found, uncounted)
  }
}
