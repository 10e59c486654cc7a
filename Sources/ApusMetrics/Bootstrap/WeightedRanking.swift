/// The matched detections of a category, whose AP is taken with every picture counted some times over.
///
/// It is COCO's AP over all areas, of a data set in which a picture is there as often as its weight says,
/// copies of a picture beside each other.
struct WeightedRanking {
  /// A detection in descending order of score; bit t stands for IoU threshold t.
  private struct Step {
    var picture: UInt32
    var hits: UInt16
    var misses: UInt16
  }

  /// What a walk through the ranking writes down; reused from walk to walk.
  struct Notes {
    /// At `level * capacity + n`: objects found and false positives after the n-th detection that found one.
    fileprivate var found: [UInt32]
    fileprivate var falsePositives: [UInt32]
    fileprivate var lengths = [Int](repeating: 0, count: levels)
    fileprivate var capacity: Int
    fileprivate var foundTotals = SIMD16<UInt32>()
    fileprivate var partialMisses = SIMD16<UInt32>()
    fileprivate var fullMisses: UInt32 = 0

    /// Room for rankings in which at most `capacity` detections find objects.
    init(capacity: Int) {
      self.capacity = capacity
      found = [UInt32](repeating: 0, count: levels * capacity)
      falsePositives = found
    }

    /// Forgets the last walk, and makes room for one in which at most `count` detections find objects.
    fileprivate mutating func start(_ count: Int) {
      if count > capacity { self = Notes(capacity: count) }
      for level in 0..<levels { lengths[level] = 0 }
      foundTotals = SIMD16()
      partialMisses = SIMD16()
      fullMisses = 0
    }
  }

  private static let levels = COCOProtocol.overlapThresholds.count
  private static let everyLevel: UInt16 = 1 << UInt16(levels) - 1

  private var steps: [Step] = []
  /// Detections of one picture with one score of which some find and some miss: copies repeat them in turn.
  private var mixed: [Range<Int>] = []
  /// How many detections find an object at some threshold.
  private(set) var hitCount = 0

  /// Takes up the matching of a category.
  init(_ matching: COCOMatching) {
    let area = COCOArea.all.rawValue
    let ranking = matching.ranking.filter { ($0.hits[area] | $0.misses[area]) != 0 }
    steps = ranking.map {
      Step(picture: UInt32($0.image), hits: $0.hits[area], misses: $0.misses[area])
    }
    hitCount = steps.count { $0.hits != 0 }
    var start = 0
    while start < ranking.count {
      var end = start + 1
      while end < ranking.count, ranking[end].score == ranking[start].score,
        ranking[end].image == ranking[start].image
      {
        end += 1
      }
      if end - start > 1, steps[start..<end].contains(where: { $0.hits != 0 }) {
        mixed.append(start..<end)
      }
      start = end
    }
  }

  /// AP over the ten thresholds and at the first, with pictures counted as often as their weight says.
  ///
  /// - Parameter needed: how many objects must be found for every recall point.
  func averagePrecision(
    weights: [UInt32], needed: [UInt32], notes: inout Notes
  ) -> (ap: Double, ap50: Double) {
    walk(weights, &notes)
    var (sum, first) = (0.0, 0.0)
    for level in 0..<Self.levels {
      let value = Self.sample(level, needed, notes)
      sum += value
      if level == 0 { first = value }
    }
    return (sum / Double(Self.levels), first)
  }

  /// How many of `objects` must be found for every recall point.
  static func needed(for objects: Int) -> [UInt32] {
    COCOProtocol.recallPoints.map { recall in
      var count = max(0, Int(recall * Double(objects)) - 1)
      while Double(count) / Double(objects) < recall { count += 1 }
      return UInt32(count)
    }
  }

  /// Goes through the ranking and notes what every detection that finds an object reaches.
  private func walk(_ weights: [UInt32], _ notes: inout Notes) {
    // A copy of a detection takes room of its own only where it is repeated in turn.
    let repeated = mixed.reduce(0) {
      $0 + $1.count * Int(weights[Int(steps[$1.lowerBound].picture)])
    }
    notes.start(hitCount + repeated)
    var next = 0
    for range in mixed {
      for step in steps[next..<range.lowerBound] {
        Self.take(step, weights[Int(step.picture)], &notes)
      }
      for _ in 0..<weights[Int(steps[range.lowerBound].picture)] {
        for step in steps[range] { Self.take(step, 1, &notes) }
      }
      next = range.upperBound
    }
    for step in steps[next...] { Self.take(step, weights[Int(step.picture)], &notes) }
  }

  /// Counts a detection as often as its weight says.
  @inline(__always)
  private static func take(_ step: Step, _ weight: UInt32, _ notes: inout Notes) {
    if weight == 0 { return }
    if step.hits == 0, step.misses == everyLevel {
      notes.fullMisses &+= weight
      return
    }
    for level in 0..<levels {
      let bit = UInt16(1) << UInt16(level)
      if step.misses & bit != 0 {
        notes.partialMisses[level] &+= weight
      } else if step.hits & bit != 0 {
        notes.foundTotals[level] &+= weight
        let slot = level * notes.capacity + notes.lengths[level]
        let misses = notes.fullMisses &+ notes.partialMisses[level]
        // Copies beside each other are one place of the ranking: only the last can be highest.
        notes.found[slot] = notes.foundTotals[level]
        notes.falsePositives[slot] = misses
        notes.lengths[level] += 1
      }
    }
  }

  /// The mean over the recall points of the highest precision at that recall or above.
  private static func sample(_ level: Int, _ needed: [UInt32], _ notes: Notes) -> Double {
    let start = level * notes.capacity
    var next = start + notes.lengths[level]
    var (best, sum) = (0.0, 0.0)
    for count in needed.reversed() {
      while next > start, notes.found[next - 1] >= count {
        next -= 1
        let found = Double(notes.found[next])
        best = max(best, found / (found + Double(notes.falsePositives[next]) + .ulpOfOne))
      }
      sum += best
    }
    return sum / Double(needed.count)
  }
}
