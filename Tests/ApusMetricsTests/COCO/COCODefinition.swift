import ApusMetrics

/// The slow twin: COCO's definition word by word, one image, category, range and threshold at a time.
///
/// It shares nothing with the evaluation but the input values; it never skips, packs or reuses.
struct COCODefinition {
  /// One detection after matching.
  struct Verdict {
    var score: Double
    var isMatched: Bool
    var isIgnored: Bool
  }

  /// Precision and score of a recall point, by category, range, limit and threshold; and recall.
  struct Curve {
    var precision = [Double](repeating: -1, count: 101)
    var scores = [Double](repeating: -1, count: 101)
    var recall = -1.0
  }

  static let ranges: [(Double, Double)] = [
    (0, 1e5 * 1e5), (0, 32 * 32), (32 * 32, 96 * 96), (96 * 96, 1e5 * 1e5),
  ]

  var set: COCOSet

  func curve(category: Int, range: Int, limit: Int, threshold: Double) -> Curve {
    var verdicts: [Verdict] = []
    var objectCount = 0
    for image in Set(set.images).sorted() {
      let objects = set.groundTruth.filter { $0.imageID == image && $0.categoryID == category }
      objectCount += objects.count { !isIgnored($0, range) }
      let found = set.detections.filter { $0.imageID == image && $0.categoryID == category }
      // Only a hundred take part; a limit cuts what was matched with all of them.
      let ranked = Array(stablyDescending(found, by: \.score).prefix(100))
      verdicts += judge(ranked, objects, range: range, threshold: threshold).prefix(limit)
    }
    guard objectCount > 0 else { return Curve() }
    return sample(stablyDescending(verdicts, by: \.score), objectCount: objectCount)
  }

  private func judge(
    _ detections: [COCODetection], _ objects: [COCOGroundTruth], range: Int, threshold: Double
  ) -> [Verdict] {
    let ordered =
      objects.filter { !isIgnored($0, range) } + objects.filter { isIgnored($0, range) }
    var isTaken = ordered.map { _ in false }
    return detections.map { detection in
      var least = threshold
      var choice: Int?
      for (index, object) in ordered.enumerated() {
        if isTaken[index] && !object.isCrowd { continue }
        if let choice, !isIgnored(ordered[choice], range), isIgnored(object, range) { break }
        let overlap = overlap(detection, object)
        if overlap < least { continue }
        least = overlap
        choice = index
      }
      if let choice {
        isTaken[choice] = true
        return Verdict(
          score: detection.score, isMatched: true, isIgnored: isIgnored(ordered[choice], range))
      }
      let area = detection.width * detection.height
      let isOutside = area < Self.ranges[range].0 || area > Self.ranges[range].1
      return Verdict(score: detection.score, isMatched: false, isIgnored: isOutside)
    }
  }

  private func sample(_ verdicts: [Verdict], objectCount: Int) -> Curve {
    var curve = Curve()
    curve.precision = [Double](repeating: 0, count: 101)
    curve.scores = curve.precision
    var recalls: [Double] = []
    var precisions: [Double] = []
    var (hits, misses) = (0.0, 0.0)
    for verdict in verdicts {
      if verdict.isMatched && !verdict.isIgnored { hits += 1 }
      if !verdict.isMatched && !verdict.isIgnored { misses += 1 }
      recalls.append(hits / Double(objectCount))
      precisions.append(hits / (misses + hits + 0x1p-52))
    }
    curve.recall = recalls.last ?? 0
    for point in 0...100 {
      let recall = point == 100 ? 1 : Double(point) * 0.01
      guard let first = recalls.firstIndex(where: { $0 >= recall }) else { break }
      curve.precision[point] = precisions[first...].max() ?? 0
      curve.scores[point] = verdicts[first].score
    }
    return curve
  }

  private func isIgnored(_ object: COCOGroundTruth, _ range: Int) -> Bool {
    object.isCrowd || object.area < Self.ranges[range].0 || object.area > Self.ranges[range].1
  }

  private func overlap(_ detection: COCODetection, _ object: COCOGroundTruth) -> Double {
    let left = max(detection.x, object.x)
    let right = min(detection.x + detection.width, object.x + object.width)
    let top = max(detection.y, object.y)
    let bottom = min(detection.y + detection.height, object.y + object.height)
    guard right - left > 0, bottom - top > 0 else { return 0 }
    let both = (right - left) * (bottom - top)
    let area = detection.width * detection.height
    return both / (object.isCrowd ? area : area + object.width * object.height - both)
  }

  /// Insertion into a descending list behind equal ones.
  private func stablyDescending<T>(_ items: [T], by score: (T) -> Double) -> [T] {
    var sorted: [T] = []
    for item in items {
      let place = sorted.firstIndex { score($0) < score(item) } ?? sorted.count
      sorted.insert(item, at: place)
    }
    return sorted
  }
}
