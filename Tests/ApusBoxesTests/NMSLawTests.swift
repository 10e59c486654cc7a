import ApusBoxes
import ApusTestSupport
import Testing

@Suite("Laws of suppression")
struct NMSLawTests {
  static let separations: [NMS.ClassSeparation] = [
    .agnostic, .fixed(4096), .fixed(100), .aboveLargestCoordinate,
  ]

  /// Scores are drawn from few values, so that ties are common.
  static func candidates(_ count: Int, seed: UInt64, classes: Int = 5) -> [Detection] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      var box = Box.random(&random)
      if Int.random(in: 0..<20, using: &random) == 0 { box.x2 = box.x1 }
      if Int.random(in: 0..<20, using: &random) == 0 { swap(&box.y1, &box.y2) }
      return Detection(
        box: box, score: Float(Int.random(in: 0...40, using: &random)) / 40,
        classID: Int.random(in: 0..<classes, using: &random))
    }
  }

  @Test(arguments: separations, [UInt64(11), 12, 13, 14])
  func equalsItsDefinition(_ separation: NMS.ClassSeparation, seed: UInt64) {
    for (count, iou) in [(0, 0.5), (1, 0.5), (2, 0), (63, 0.3), (400, 0.45), (400, 1)] {
      for (maxCandidates, maxDetections) in [(30_000, 300), (50, 300), (400, 7), (0, 5), (9, 0)] {
        let options = NMS.Options(
          iou: iou, separation: separation, maxCandidates: maxCandidates,
          maxDetections: maxDetections)
        let input = Self.candidates(count, seed: seed)
        #expect(
          NMS.suppress(input, options: options)
            == NMS.suppressByDefinition(input, options: options))
      }
    }
  }

  @Test(arguments: separations, [UInt64(21), 22])
  func suppressingTwiceChangesNothing(_ separation: NMS.ClassSeparation, seed: UInt64) {
    let options = NMS.Options(separation: separation, maxDetections: 1000)
    let once = NMS.suppress(Self.candidates(500, seed: seed), options: options)
    // The largest coordinate is that of all candidates, so its offset may change.
    guard separation != .aboveLargestCoordinate else { return }
    #expect(NMS.suppress(once, options: options) == once)
    #expect(zip(once, once.dropFirst()).allSatisfy { $0.score >= $1.score })
  }

  @Test func wideBoxesMeetAcrossClassesAsUpstream() {
    let wide = Box(x1: 0, y1: 0, x2: 100_000, y2: 100_000)
    let pair = [
      Detection(box: wide, score: 0.9, classID: 0), Detection(box: wide, score: 0.8, classID: 1),
    ]
    #expect(NMS.suppress(pair, options: NMS.Options()).count == 1)
    let small = pair.map {
      Detection(box: Box(x1: 0, y1: 0, x2: 50, y2: 50), score: $0.score, classID: $0.classID)
    }
    #expect(NMS.suppress(small, options: NMS.Options()).count == 2)
  }

  @Test func numbersThatAreNoneAreDropped() {
    let good = Box(x1: 0, y1: 0, x2: 9, y2: 9)
    let bad = Box(x1: .nan, y1: 0, x2: 9, y2: 9)
    let endless = Box(x1: 0, y1: 0, x2: .infinity, y2: 9)
    let input = [
      Detection(box: bad, score: 0.9, classID: 0), Detection(box: good, score: .nan, classID: 0),
      Detection(box: endless, score: 0.8, classID: 0), Detection(box: good, score: 0.5, classID: 0),
    ]
    for found in [
      NMS.suppress(input, options: NMS.Options()),
      NMS.suppressByDefinition(input, options: NMS.Options()),
    ] {
      #expect(found == [input[3]])
    }
    let rows: [Float] = [5, 5, 4, 4, .nan, 1, 5, 5, 4, 4, 1, .nan, .nan, 5, 4, 4, 1, 1]
    #expect(NMS.detections(rows: rows, classCount: 1).isEmpty)
    #expect(TopKSelection.detections(rows: [1, 1, 2, 2, .nan], classCount: 1).isEmpty)
  }

  @Test func thresholdsAreStrict() {
    let rows: [Float] = [5, 5, 4, 4, 0, 0.5, 5, 5, 4, 4, 1, 1, 50, 50, 4, 4, 1e-6, 1]
    func count(_ threshold: Float) -> Int {
      let options = NMS.Options(confidence: ConfidenceThresholds(threshold))
      return NMS.detections(rows: rows, classCount: 1, options: options).count
    }
    #expect(count(0) == 2)
    #expect(count(0.5) == 1)
    #expect(count(1) == 0)
    #expect(NMS.detections(rows: [], classCount: 1).isEmpty)
    #expect(NMS.detections(rows: rows, classCount: 0).isEmpty)
    #expect(NMS.detections(rows: [1, 2, 3], classCount: 80).isEmpty)
  }

  @Test func singleClassScoreFollowsTheFamily() {
    let rows: [Float] = [5, 5, 4, 4, 0.8, 0.5]
    var options = NMS.Options()
    #expect(NMS.detections(rows: rows, classCount: 1, options: options)[0].score == 0.4)
    options.singleClassScore = .objectness
    #expect(NMS.detections(rows: rows, classCount: 1, options: options)[0].score == 0.8)
  }

  @Test func aThresholdOfOneClassOnlyRemoves() {
    var random = SeededGenerator(seed: 31)
    let rows = (0..<300).flatMap { _ in
      (0..<4).map { _ in Float.random(in: 0..<640, using: &random) }
        + (0..<4).map { _ in Float.random(in: 0..<1, using: &random) }
    }
    for multiLabel in [false, true] {
      let all = NMS.candidates(
        rows: rows, classCount: 3,
        options: NMS.Options(confidence: ConfidenceThresholds(0.1), multiLabel: multiLabel))
      let strict = NMS.candidates(
        rows: rows, classCount: 3,
        options: NMS.Options(
          confidence: ConfidenceThresholds(0.1, perClass: [1: 0.4]), multiLabel: multiLabel))
      #expect(strict == all.filter { $0.classID != 1 || $0.score > 0.4 })
      let loose = NMS.candidates(
        rows: rows, classCount: 3,
        options: NMS.Options(
          confidence: ConfidenceThresholds(0.9, perClass: [2: 0.1]), multiLabel: multiLabel))
      #expect(loose == all.filter { $0.score > ($0.classID == 2 ? 0.1 : 0.9) })
    }
  }

  @Test func tiesFollowTheRows() {
    let box = Box(x1: 0, y1: 0, x2: 5, y2: 5)
    let far = Box(x1: 90, y1: 90, x2: 95, y2: 95)
    let input = [far, box, far].enumerated().map {
      Detection(box: $1, score: 0.5, classID: $0)
    }
    #expect(NMS.suppress(input, options: NMS.Options()).map(\.classID) == [0, 1, 2])
    let tied: [Float] = [5, 5, 4, 4, 1, 0.7, 0.7]
    #expect(NMS.detections(rows: tied, classCount: 2)[0].classID == 0)
  }

  /// 25,200 rows of 80 classes, nearly all above 0.001: what a badly trained model gives.
  @Test func aFullGridOfWeakBoxesIsAffordable() {
    var random = SeededGenerator(seed: 41)
    var rows: [Float] = []
    rows.reserveCapacity(25_200 * 85)
    for _ in 0..<25_200 {
      rows.append(Float.random(in: 0..<640, using: &random))
      rows.append(Float.random(in: 0..<640, using: &random))
      for _ in 0..<2 { rows.append(Float.random(in: 1..<60, using: &random)) }
      for _ in 0..<81 { rows.append(Float.random(in: 0.04..<0.9, using: &random)) }
    }
    let clock = ContinuousClock()
    var found: [Detection] = []
    let elapsed = clock.measure {
      found = NMS.detections(rows: rows, classCount: 80, options: .validate)
    }
    #expect(found.count == 300)
    #expect(elapsed < .seconds(20))
  }
}
