import Dispatch
import Synchronization

/// The conventions in which COCO's average precision and YOLOv5's differ, each to be chosen by itself.
///
/// It is plain and does nothing that only one of the two needs: `COCOEvaluation` and `YOLOEvaluation` are
/// what it must equal at its two ends.
struct PrecisionConventions {
  /// How the area under the curve of precision over recall is taken.
  enum Interpolation {
    /// COCO: the mean of 101 samples of a staircase.
    case samples
    /// YOLOv5: trapezoids between 101 points of a line that starts at (0, 1) and ends at (1, 0).
    case trapezoids
  }

  /// How many detections of a class in a picture are looked at; nil for all.
  var limit: Int?
  /// Whether detections on crowds, and on objects outside all area ranges, count neither way.
  var ignoresCrowds: Bool
  /// Whether a detection whose best object is taken may find its second best.
  var fallsBack: Bool
  /// The area under the curve.
  var interpolation: Interpolation

  /// COCO's.
  static let coco = PrecisionConventions(
    limit: COCOLimit.hundred.rawValue, ignoresCrowds: true, fallsBack: true,
    interpolation: .samples)

  /// Detections and objects by category and picture.
  final class Input: Sendable {
    let detections: [COCODetection]
    let found: COCOGrouping
    let truths: [COCOGroundTruth]
    let objects: COCOGrouping
    let categoryCount: Int

    init(
      detections: [COCODetection], found: COCOGrouping, truths: [COCOGroundTruth],
      objects: COCOGrouping, categoryCount: Int
    ) {
      self.detections = detections
      self.found = found
      self.truths = truths
      self.objects = objects
      self.categoryCount = categoryCount
    }
  }

  /// A detection of a class; bit t stands for IoU threshold t.
  private struct Judged {
    var score: Double
    var hits: UInt16 = 0
    var ignored: UInt16 = 0
  }

  /// The detections of a class in one picture, best first, and its objects.
  private typealias Picture = (detections: [COCODetection], objects: [COCOGroundTruth])

  /// AP at IoU 0.5 to 0.95 and at 0.5.
  typealias Values = (ap: Double, ap50: Double)

  /// The values in each of several conventions, averaged over the classes that have objects; nil where none
  /// has.
  static func averagePrecisions(_ conventions: [Self], _ input: Input) -> [Values]? {
    let values = Mutex([[Values]?](repeating: nil, count: input.categoryCount))
    DispatchQueue.concurrentPerform(iterations: input.categoryCount) { category in
      let value = averagePrecisions(conventions, input, category)
      values.withLock { $0[category] = value }
    }
    let present = values.withLock { $0.compactMap(\.self) }
    guard !present.isEmpty else { return nil }
    let count = Double(present.count)
    return conventions.indices.map { index in
      (
        present.reduce(0) { $0 + $1[index].ap } / count,
        present.reduce(0) { $0 + $1[index].ap50 } / count
      )
    }
  }

  /// The values of a category; nil where it has no object to find.
  private static func averagePrecisions(
    _ conventions: [Self], _ input: Input, _ category: Int
  ) -> [Values]? {
    let objects = byPicture(input.objects, category)
    let count = objects.values.joined().count { !input.truths[$0].isIgnored(in: .all) }
    guard count > 0 else { return nil }
    let detections = byPicture(input.found, category).sorted { $0.key < $1.key }
    let pictures: [Picture] = detections.map { picture, indices in
      (
        descending(indices.map { input.detections[$0] }, by: \.score),
        (objects[picture] ?? []).map { input.truths[$0] }
      )
    }
    var ranking: [Judged] = []
    var judging: Self?
    return conventions.map { convention in
      if judging.map({ !$0.judges(like: convention) }) ?? true {
        ranking = descending(pictures.flatMap { convention.judge($0) }, by: \.score)
        judging = convention
      }
      let values = COCOProtocol.overlapThresholds.indices.map { level in
        convention.area(ranking, bit: 1 << UInt16(level), objects: count)
      }
      return (values.reduce(0, +) / Double(values.count), values[0])
    }
  }

  /// Whether another set of conventions differs in nothing but the area under the curve.
  private func judges(like other: Self) -> Bool {
    limit == other.limit && ignoresCrowds == other.ignoresCrowds && fallsBack == other.fallsBack
  }

  private static func byPicture(_ grouping: COCOGrouping, _ category: Int) -> [Int: [Int]] {
    let range = grouping.starts[category]..<grouping.starts[category + 1]
    return Dictionary(grouping: grouping.order[range]) { grouping.images[$0] }
  }

  /// Judges the detections of one picture, best first, at every threshold.
  private func judge(_ picture: Picture) -> [Judged] {
    let counted = picture.objects.filter { !$0.isIgnored(in: .all) }
    let ignored = ignoresCrowds ? picture.objects.filter { $0.isIgnored(in: .all) } : []
    var taken = [UInt16](repeating: 0, count: counted.count)
    var takenIgnored = [UInt16](repeating: 0, count: ignored.count)
    return picture.detections.prefix(limit ?? .max).map { detection in
      var judged = Judged(score: detection.score)
      if counted.isEmpty, ignored.isEmpty {
        if ignoresCrowds, COCOArea.all.excludes(detection.area) { judged.ignored = .max }
        return judged
      }
      let overlaps = counted.map { detection.overlap($0) }
      let ignoredOverlaps = ignored.map { detection.overlap($0) }
      for (level, threshold) in COCOProtocol.overlapThresholds.enumerated() {
        let bit = UInt16(1) << UInt16(level)
        let best = Self.highest(overlaps, from: threshold) { !fallsBack || taken[$0] & bit == 0 }
        if let best, taken[best] & bit == 0 {
          taken[best] |= bit
          judged.hits |= bit
          continue
        }
        let other = Self.highest(ignoredOverlaps, from: threshold) {
          ignored[$0].isCrowd || takenIgnored[$0] & bit == 0
        }
        if let other {
          takenIgnored[other] |= bit
          judged.ignored |= bit
        } else if ignoresCrowds, COCOArea.all.excludes(detection.area) {
          judged.ignored |= bit
        }
      }
      return judged
    }
  }

  /// The last of the highest overlaps at a threshold or above, of those that qualify.
  private static func highest(
    _ overlaps: [Double], from threshold: Double, where qualifies: (Int) -> Bool
  ) -> Int? {
    var best: Int?
    for (index, overlap) in overlaps.enumerated()
    where overlap >= best.map({ overlaps[$0] }) ?? threshold && qualifies(index) {
      best = index
    }
    return best
  }

  /// The area under the curve at one threshold.
  private func area(_ ranking: [Judged], bit: UInt16, objects: Int) -> Double {
    var (found, seen) = (0, 0)
    var recall: [Double] = []
    var precision: [Double] = []
    for judged in ranking where judged.ignored & bit == 0 {
      seen += 1
      if judged.hits & bit != 0 { found += 1 }
      recall.append(Double(found) / Double(objects))
      precision.append(Double(found) / Double(seen))
    }
    switch interpolation {
    case .trapezoids:
      return recall.isEmpty ? 0 : YOLOAveragePrecision.of(recall: recall, precision: precision)
    case .samples:
      for index in precision.indices.dropFirst().reversed() {
        precision[index - 1] = max(precision[index - 1], precision[index])
      }
      var (sum, place) = (0.0, 0)
      for point in COCOProtocol.recallPoints {
        while place < recall.count, recall[place] < point { place += 1 }
        if place < recall.count { sum += precision[place] }
      }
      return sum / Double(COCOProtocol.recallPoints.count)
    }
  }

  /// Descending by score; equal ones stay as they came.
  private static func descending<T>(_ items: [T], by score: KeyPath<T, Double>) -> [T] {
    let keys = items.enumerated().map { (score: $0.element[keyPath: score], place: $0.offset) }
    let isSorted = zip(keys, keys.dropFirst()).allSatisfy { $0.score >= $1.score }
    guard !isSorted else { return items }
    return keys.sorted {
      $0.score == $1.score ? $0.place < $1.place : $0.score > $1.score
    }.map { items[$0.place] }
  }
}
