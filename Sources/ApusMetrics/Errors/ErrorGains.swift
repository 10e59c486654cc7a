import Dispatch
import Synchronization

/// The AP50 as it is, and as it would be without each kind of mistake: TIDE's `fix_errors`.
struct ErrorGains {
  /// A detection in the ranking of a class, or one that would be there once it is repaired.
  private struct Entry {
    var score: Double
    /// The order in which TIDE comes to it: pictures as given, within a picture the best first.
    var place: Int
    /// What it counts as today.
    var today: Effect
    /// The kind of mistake; nil of a correct detection.
    var kind: DetectionErrors.Kind?
    /// What it counts as once its kind is repaired.
    var repaired: Effect
  }

  /// What an entry does to precision and recall.
  private enum Effect { case absent, hit, miss }

  /// The ranking of a class and its objects.
  private struct Ranking {
    var entries: [Entry] = []
    var objects = 0
    var missed = 0
    var falseNegatives = 0
  }

  /// AP50 averaged over the classes; nil where no class has anything to measure.
  struct Results {
    var base: Double?
    var repaired: [DetectionErrors.Kind: Double?] = [:]
    var withoutFalsePositives: Double?
    var withoutFalseNegatives: Double?
  }

  private var rankings: [Int: Ranking] = [:]
  private var place = 0

  /// Takes up a picture.
  mutating func add(
    _ picture: PictureErrors, detections: [COCODetection], objects: [COCOGroundTruth]
  ) {
    for index in picture.objects { self[objects[index]].objects += 1 }
    for index in picture.falseNegatives { self[objects[index]].falseNegatives += 1 }
    for index in picture.missed { self[objects[index]].missed += 1 }
    for judged in picture.detections {
      let detection = detections[judged.detection]
      var entry = Entry(
        score: detection.score, place: place, today: .hit, kind: judged.verdict.kind,
        repaired: .absent)
      place += 1
      switch judged.verdict {
      case .correct: break
      case .mistake: entry.today = .miss
      case .inCrowd: entry.today = .absent
      }
      if judged.isRescuer, let object = judged.object {
        if entry.kind == .localisation {
          entry.repaired = .hit
        } else {
          var moved = entry
          (moved.today, moved.repaired) = (.absent, .hit)
          self[objects[object]].entries.append(moved)
        }
      }
      rankings[detection.categoryID, default: Ranking()].entries.append(entry)
    }
  }

  private subscript(object: COCOGroundTruth) -> Ranking {
    get { rankings[object.categoryID, default: Ranking()] }
    _modify { yield &rankings[object.categoryID, default: Ranking()] }
  }

  /// The averages.
  func results() -> Results {
    let rankings = rankings.sorted { $0.key < $1.key }.map(\.value)
    let kinds = DetectionErrors.Kind.allCases
    let columns = kinds.count + 3
    let values = Mutex([Double?](repeating: nil, count: rankings.count * columns))
    DispatchQueue.concurrentPerform(iterations: rankings.count) { index in
      let row = Self.values(rankings[index], kinds: kinds)
      values.withLock { $0.replaceSubrange(index * columns..<(index + 1) * columns, with: row) }
    }
    let table = values.withLock { $0 }
    let means = (0..<columns).map { column -> Double? in
      let column = rankings.indices.compactMap { table[$0 * columns + column] }
      return column.isEmpty ? nil : column.reduce(0, +) / Double(column.count)
    }
    return Results(
      base: means[0], repaired: Dictionary(uniqueKeysWithValues: zip(kinds, means[3...])),
      withoutFalsePositives: means[1], withoutFalseNegatives: means[2])
  }

  /// AP of a class: as it is, without false positives, without false negatives, without each kind.
  private static func values(_ ranking: Ranking, kinds: [DetectionErrors.Kind]) -> [Double?] {
    let inOrder = ranking.entries.sorted {
      $0.score == $1.score ? $0.place < $1.place : $0.score > $1.score
    }
    let mistakesFirst = ranking.entries.sorted {
      if $0.score != $1.score { return $0.score > $1.score }
      let (first, second) = ($0.kind == nil, $1.kind == nil)
      return first == second ? $0.place < $1.place : second
    }
    let today = inOrder.map(\.today)
    let all = [
      averagePrecision(today, objects: ranking.objects),
      averagePrecision(
        today.filter { $0 == .hit } + today.filter { $0 == .miss }, objects: ranking.objects),
      averagePrecision(
        mistakesFirst.map(\.today), objects: ranking.objects - ranking.falseNegatives),
    ]
    return all
      + kinds.map { kind in
        averagePrecision(
          mistakesFirst.map { $0.kind == kind ? $0.repaired : $0.today },
          objects: ranking.objects - (kind == .missed ? ranking.missed : 0))
      }
  }

  /// The mean precision at the recalls 0, 0.01 … 1; nil of nothing, 0 of detections without objects.
  private static func averagePrecision(_ ranking: [Effect], objects: Int) -> Double? {
    guard objects > 0 else { return ranking.contains { $0 != .absent } ? 0 : nil }
    var precisions: [Double] = []
    var rank = 0
    for effect in ranking where effect != .absent {
      rank += 1
      if effect == .hit { precisions.append(Double(precisions.count + 1) / Double(rank)) }
    }
    for index in precisions.indices.dropFirst().reversed() {
      precisions[index - 1] = max(precisions[index - 1], precisions[index])
    }
    var sum = 0.0
    var position = 0
    for point in 0...100 {
      let recall = Double(point) / 100
      while position < precisions.count, Double(position + 1) / Double(objects) < recall {
        position += 1
      }
      if position < precisions.count { sum += precisions[position] }
    }
    return sum / 101
  }
}
