import ApusBoxes
import ApusMetrics
import ApusTestSupport

/// The YOLO metrics once more, slowly and word for word after their definitions: the oracle.
enum YOLOTwins {
  struct Pair {
    let truth: Int
    let detection: Int
    let overlap: Float
  }

  /// Pairs from the highest overlap down, the later of equals first, as a reversed stable sort.
  static func falling(_ pairs: [Pair]) -> [Pair] {
    let ascending = pairs.enumerated().sorted {
      ($0.element.overlap, $0.offset) < ($1.element.overlap, $1.offset)
    }
    return ascending.map(\.element).reversed()
  }

  /// The first pair of every key, by ascending key: `numpy.unique` with its first indices.
  static func unique(_ pairs: [Pair], by key: (Pair) -> Int) -> [Pair] {
    Set(pairs.map(key)).sorted().compactMap { value in pairs.first { key($0) == value } }
  }

  static func pairs(
    _ detections: [Detection], _ truths: [GroundTruth], where accept: (Pair) -> Bool
  ) -> [Pair] {
    truths.indices.flatMap { truth in
      detections.indices.map { detection in
        Pair(
          truth: truth, detection: detection,
          overlap: Overlap.plain(truths[truth].box, detections[detection].box))
      }
    }.filter(accept)
  }

  /// The detections, which come by falling score, judged at every threshold.
  static func judge(
    _ detections: [Detection], _ truths: [GroundTruth], _ matching: YOLOMatching
  ) -> [[Bool]] {
    var correct = detections.map { _ in matching.thresholds.map { _ in false } }
    func assign(from least: Float, _ mark: (Pair) -> Void) {
      let all = pairs(detections, truths) {
        $0.overlap >= least && truths[$0.truth].classID == detections[$0.detection].classID
      }
      unique(unique(falling(all)) { $0.detection }) { $0.truth }.forEach(mark)
    }
    switch matching.rule {
    case .once:
      assign(from: matching.thresholds[0]) {
        for (index, threshold) in matching.thresholds.enumerated() {
          correct[$0.detection][index] = $0.overlap >= threshold
        }
      }
    case .perThreshold:
      for (index, threshold) in matching.thresholds.enumerated() {
        assign(from: threshold) { correct[$0.detection][index] = true }
      }
    }
    return correct
  }

  /// The average precision: the envelope as a maximum over all that follows, read at 101 recalls.
  static func averagePrecision(_ marks: [Bool], truthCount: Int) -> Double {
    var found = 0
    var line: [(recall: Double, precision: Double)] = [(0, 1)]
    for (index, mark) in marks.enumerated() {
      found += mark ? 1 : 0
      line.append((Double(found) / Double(truthCount), Double(found) / Double(index + 1)))
    }
    line.append((1, 0))
    let heights = line.indices.map { at in line[at...].map(\.precision).max() ?? 0 }
    func height(_ recall: Double) -> Double {
      let left = line.lastIndex { $0.recall <= recall } ?? 0
      guard left + 1 < line.count else { return heights[left] }
      let share = (recall - line[left].recall) / (line[left + 1].recall - line[left].recall)
      return heights[left] + share * (heights[left + 1] - heights[left])
    }
    let samples = (0...100).map { height(Double($0) / 100) }
    return (0..<100).map { (samples[$0] + samples[$0 + 1]) / 200 }.reduce(0, +)
  }

  /// The rows of the confusion matrix of pictures whose detections come by falling score.
  static func confusion(
    _ pictures: [([Detection], [GroundTruth])], classCount: Int, upstream: Bool
  ) -> [[Int]] {
    var matrix = Array(repeating: Array(repeating: 0, count: classCount + 1), count: classCount + 1)
    for (all, truths) in pictures where !upstream || (!all.isEmpty && !truths.isEmpty) {
      let detections = all.filter { $0.score > 0.25 }
      let near = pairs(detections, truths) { $0.overlap > 0.45 }
      let matches = unique(falling(unique(falling(near)) { $0.detection })) { $0.truth }
      for (index, truth) in truths.enumerated() {
        let match = matches.first { $0.truth == index }
        matrix[match.map { detections[$0.detection].classID } ?? classCount][truth.classID] += 1
      }
      guard !upstream || !matches.isEmpty else { continue }
      for (index, detection) in detections.enumerated()
      where !matches.contains(where: { $0.detection == index }) {
        matrix[detection.classID][classCount] += 1
      }
    }
    return matrix
  }
}

/// Random pictures in which boxes, overlaps and scores often coincide.
struct RandomPictures {
  let pictures: [(detections: [Detection], truths: [GroundTruth])]

  init(seed: UInt64, classCount: Int) {
    var random = SeededRandom(seed: seed)
    pictures = (0..<random.integer(1...6)).map { _ in
      let truths = (0..<random.integer(0...8)).map { _ in
        GroundTruth(box: random.box(), classID: random.integer(0...(classCount - 1)))
      }
      let detections = (0..<random.integer(0...25)).map { _ in
        let near =
          truths.isEmpty || random.integer(0...2) == 0
          ? nil : truths.randomElement(using: &random.generator)
        let box = near.map { random.shifted($0.box) } ?? random.box()
        let isRight = random.integer(0...3) > 0
        return Detection(
          box: box, score: Float(random.integer(1...20)) / 20,
          classID: near.flatMap { isRight ? $0.classID : nil }
            ?? random.integer(0...(classCount - 1)))
      }
      return (detections, truths)
    }
  }

  /// The detections by falling score, equal ones as they came.
  static func falling(_ detections: [Detection]) -> [Detection] {
    detections.enumerated().sorted {
      ($1.element.score, $0.offset) < ($0.element.score, $1.offset)
    }.map(\.element)
  }
}

struct SeededRandom {
  var generator: SeededGenerator
  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func integer(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &generator)
  }

  mutating func box() -> Box {
    let (x, y) = (Float(integer(0...6)) * 8, Float(integer(0...6)) * 8)
    return Box(x1: x, y1: y, x2: x + Float(integer(0...4)) * 8, y2: y + Float(integer(1...4)) * 8)
  }

  mutating func shifted(_ box: Box) -> Box {
    let (x, y) = (Float(integer(-2...2)), Float(integer(-2...2)))
    return Box(x1: box.x1 + x, y1: box.y1 + y, x2: box.x2 + x, y2: box.y2 + y)
  }
}
