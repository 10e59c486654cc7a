import ApusBoxes
import ApusMetrics
import ApusTestSupport
import Testing

@Suite("YOLO metrics against their slow twins")
struct YOLOPropertyTests {
  @Test(arguments: UInt64(0)..<150, YOLOMatching.Rule.allCases)
  func matchingAndAveragePrecision(_ seed: UInt64, _ rule: YOLOMatching.Rule) throws {
    let data = RandomPictures(seed: seed, classCount: 3)
    let matching = YOLOMatching(rule: rule)
    var judged: [JudgedDetection] = []
    var slow: [(score: Float, classID: Int, marks: [Bool])] = []
    for picture in data.pictures {
      let detections = RandomPictures.falling(picture.detections)
      let found = try matching.judge(detections, against: picture.truths)
      let marks = YOLOTwins.judge(detections, picture.truths, matching)
      #expect(found.map { one in (0..<10).map { one.isCorrect(at: $0) } } == marks)
      let unsorted = try matching.judge(picture.detections, against: picture.truths)
      #expect(Self.bag(unsorted) == Self.bag(found))
      judged += found
      slow += zip(detections, marks).map { ($0.score, $0.classID, $1) }
    }
    let truths = data.pictures.flatMap { $0.truths.map(\.classID) }
    let evaluation = try YOLOEvaluation(
      judged: judged, truthClasses: truths, matching: matching)
    #expect(evaluation.classes.map(\.classID) == Set(truths).sorted())
    for result in evaluation.classes {
      let own = slow.enumerated().filter { $0.element.classID == result.classID }.sorted {
        ($1.element.score, $0.offset) < ($0.element.score, $1.offset)
      }.map(\.element.marks)
      let count = truths.filter { $0 == result.classID }.count
      for threshold in 0..<10 {
        let expected =
          own.isEmpty
          ? 0 : YOLOTwins.averagePrecision(own.map { $0[threshold] }, truthCount: count)
        #expect(Tolerance.reorderedDoubles.accepts(result.averagePrecisions[threshold], expected))
      }
    }
  }

  private static func bag(_ judged: [JudgedDetection]) -> [JudgedDetection: Int] {
    judged.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  @Test(arguments: UInt64(0)..<150, ConfusionMatrix.Counting.allCases)
  func confusion(_ seed: UInt64, _ counting: ConfusionMatrix.Counting) throws {
    let data = RandomPictures(seed: seed, classCount: 3)
    var whole = ConfusionMatrix(classCount: 3, counting: counting)
    var merged = whole
    for picture in data.pictures {
      try whole.add(picture.detections, against: picture.truths)
      var single = ConfusionMatrix(classCount: 3, counting: counting)
      try single.add(picture.detections, against: picture.truths)
      merged.merge(single)
    }
    let sorted = data.pictures.map { (RandomPictures.falling($0.detections), $0.truths) }
    let expected = YOLOTwins.confusion(sorted, classCount: 3, upstream: counting == .upstream)
    #expect(whole.rows == expected)
    #expect(merged == whole)
  }

  @Test(arguments: UInt64(0)..<100)
  func bestConfidenceIsTheBestOfAllThresholds(_ seed: UInt64) throws {
    let data = RandomPictures(seed: seed, classCount: 2)
    let judged = try data.pictures.flatMap {
      try YOLOMatching().judge($0.detections, against: $0.truths)
    }
    let truths = data.pictures.flatMap { $0.truths.map(\.classID) }
    let evaluation = try YOLOEvaluation(
      judged: judged, truthClasses: truths, matching: YOLOMatching())
    for result in evaluation.classes {
      let own = judged.filter { $0.classID == result.classID }
      let all = (0..<40).compactMap { Reach(own, above: Float($0) / 40, of: result.truthCount) }
      let f1 = BestConfidence(.f1, for: result.points)
      #expect(close(f1?.f1, all.map(\.f1).max()))
      let precise = BestConfidence(.precision(atLeast: 0.6), for: result.points)
      #expect(close(precise?.recall, all.filter { $0.precision >= 0.6 }.map(\.recall).max()))
      let complete = BestConfidence(.recall(atLeast: 0.5), for: result.points)
      #expect(close(complete?.precision, all.filter { $0.recall >= 0.5 }.map(\.precision).max()))
      for found in [f1, precise, complete].compactMap(\.self) {
        let reached = Reach(own, above: found.threshold, of: result.truthCount)
        #expect(reached?.precision == found.precision && reached?.recall == found.recall)
      }
    }
  }

  private func close(_ found: Double?, _ expected: Double?) -> Bool {
    guard let found, let expected else { return found == nil && expected == nil }
    return Tolerance.reorderedDoubles.accepts(found, expected)
  }

  /// What detections above a threshold reach; nil where they find nothing.
  struct Reach {
    let precision: Double
    let recall: Double
    var f1: Double { 2 * precision * recall / (precision + recall) }

    init?(_ judged: [JudgedDetection], above threshold: Float, of truthCount: Int) {
      let kept = judged.filter { $0.score > threshold }
      let correct = kept.filter { $0.isCorrect(at: 0) }.count
      guard correct > 0 else { return nil }
      precision = Double(correct) / Double(kept.count)
      recall = Double(correct) / Double(truthCount)
    }
  }
}
