import ApusBoxes
import ApusMetrics
import ApusTestSupport
import Testing

@Suite("Conventions of the YOLO metrics")
struct YOLOConventionTests {
  static let box = Box(x1: 0, y1: 0, x2: 10, y2: 10)
  static let far = Box(x1: 50, y1: 50, x2: 60, y2: 60)

  func isClose(_ found: Double, _ expected: Double) -> Bool {
    Tolerance.reorderedDoubles.accepts(found, expected)
  }

  func evaluate(_ detections: [Detection], _ truths: [GroundTruth]) throws -> YOLOEvaluation {
    try YOLOEvaluation(
      judged: try YOLOMatching().judge(detections, against: truths),
      truthClasses: truths.map(\.classID), matching: YOLOMatching())
  }

  @Test func withoutObjectsThereIsNoMean() throws {
    let evaluation = try evaluate([Detection(box: Self.box, score: 0.9, classID: 0)], [])
    #expect(evaluation.classes.isEmpty)
    #expect(evaluation.mAP50 == nil && evaluation.mAP == nil && evaluation.fitness == nil)
    #expect(evaluation.precision == nil && evaluation.recall == nil)
    #expect(evaluation.confidence == nil)
  }

  @Test func withoutDetectionsEveryMeanIsZero() throws {
    let evaluation = try evaluate([], [GroundTruth(box: Self.box, classID: 4)])
    #expect(evaluation.classes.map(\.classID) == [4])
    #expect(evaluation.mAP50 == 0 && evaluation.mAP == 0 && evaluation.fitness == 0)
    #expect(evaluation.precision == 0 && evaluation.recall == 0)
    #expect(evaluation.classes[0].curves.f1.allSatisfy { $0 == 0 })
    #expect(evaluation.bestConfidences(.f1).isEmpty)
    #expect(evaluation.thresholds(.f1, base: 0.3) == ConfidenceThresholds(0.3))
  }

  @Test func allFoundIsNearlyOne() throws {
    let evaluation = try evaluate(
      [Detection(box: Self.box, score: 0.9, classID: 0)], [GroundTruth(box: Self.box, classID: 0)])
    // Upstream's precision falls to 0 at recall 1: the last of 100 trapezoids counts half.
    #expect(isClose(evaluation.mAP ?? 0, 0.995))
    #expect(evaluation.precision == 1 && evaluation.recall == 1)
    #expect(evaluation.confidence == 0)
  }

  @Test func classesWithoutObjectsCostNothing() throws {
    let truth = GroundTruth(box: Self.box, classID: 1)
    let hit = Detection(box: Self.box, score: 0.5, classID: 1)
    let stray = Detection(box: Self.box, score: 0.9, classID: 7)
    #expect(try evaluate([stray, hit], [truth]) == evaluate([hit], [truth]))
  }

  @Test func crowdsCountAsObjects() throws {
    let crowd = GroundTruth(box: Self.box, classID: 0, isCrowd: true)
    #expect(try evaluate([], [crowd]).classes.map(\.truthCount) == [1])
  }

  @Test func emptyAndBrokenBoxesMatchNothing() throws {
    let point = Box(x1: 1, y1: 1, x2: 1, y2: 1)
    let broken = Box(x1: .nan, y1: 0, x2: 10, y2: 10)
    for box in [point, broken] {
      let judged = try YOLOMatching().judge(
        [Detection(box: box, score: 0.9, classID: 0)], against: [GroundTruth(box: box, classID: 0)])
      #expect(judged.map(\.correct) == [0])
    }
  }

  @Test func theSureDetectionTakesTheObject() throws {
    let nearly = Box(x1: 0, y1: 0, x2: 10, y2: 8)
    let detections = [
      Detection(box: Self.box, score: 0.4, classID: 0),
      Detection(box: nearly, score: 0.8, classID: 0),
    ]
    let truths = [GroundTruth(box: Self.box, classID: 0)]
    let once = try YOLOMatching().judge(detections, against: truths)
    #expect(once.map { $0.isCorrect(at: 0) } == [false, true])
    #expect(once.map { $0.isCorrect(at: 9) } == [false, false])
    let each = try YOLOMatching(rule: .perThreshold).judge(detections, against: truths)
    #expect(each.map { $0.isCorrect(at: 0) } == [false, true])
    #expect(each.map { $0.isCorrect(at: 9) } == [true, false])
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func scoresThatAreNoNumbersAreRefused(_ score: Float) throws {
    let detections = [
      Detection(box: Self.box, score: 0.5, classID: 0),
      Detection(box: Self.box, score: score, classID: 0),
    ]
    let truths = [GroundTruth(box: Self.box, classID: 0)]
    func isRefused(_ error: any Error) -> Bool {
      guard case .score(_, 1) = error as? MetricInputError else { return false }
      return "\(error)".contains("detection 1")
    }
    #expect {
      _ = try YOLOMatching().judge(detections, against: truths)
    } throws: {
      isRefused($0)
    }
    var matrix = ConfusionMatrix(classCount: 1)
    #expect {
      try matrix.add(detections, against: truths)
    } throws: {
      isRefused($0)
    }
    let judged = detections.map { JudgedDetection(score: $0.score, classID: 0, correct: 1) }
    #expect {
      _ = try YOLOEvaluation(judged: judged, truthClasses: [0], matching: YOLOMatching())
    } throws: {
      isRefused($0)
    }
  }

  @Test func foreignClassesHaveNoPlaceInTheMatrix() {
    var matrix = ConfusionMatrix(classCount: 2)
    let stray = [Detection(box: Self.box, score: 0.5, classID: 2)]
    #expect(
      throws: MetricInputError.classOutOfRange(
        classID: 2, classCount: 2, what: "detection", index: 0)
    ) {
      try matrix.add(stray, against: [])
    }
    #expect(
      throws: MetricInputError.classOutOfRange(
        classID: -1, classCount: 2, what: "object", index: 0)
    ) {
      try matrix.add([], against: [GroundTruth(box: Self.box, classID: -1)])
    }
    #expect(matrix == ConfusionMatrix(classCount: 2))
  }

  @Test func theBoxFilterProlongsTheEnds() throws {
    let truth = GroundTruth(box: Self.box, classID: 0)
    let evaluation = try evaluate([Detection(box: Self.box, score: 0.5, classID: 0)], [truth])
    // 51 samples wide: full precision up to 0.5 and F1 0 after it.
    let f1 = evaluation.meanCurve(\.f1)
    #expect(f1[499] == 1 && f1[500] == 0)
    let smooth = evaluation.meanCurve(\.f1, smoothedOver: 0.05)
    #expect(smooth.count == 1000)
    #expect(isClose(smooth[0], 1) && smooth[999] == 0)
    #expect(isClose(smooth[474], 1) && isClose(smooth[475], 50.0 / 51))
    #expect(isClose(smooth[500], 25.0 / 51))
    #expect(smooth[525] == 0 && isClose(smooth[524], 1.0 / 51))
  }

  @Test func upstreamForgetsPicturesWithoutMatch() throws {
    let miss = Detection(box: Self.far, score: 0.9, classID: 1)
    let truth = GroundTruth(box: Self.box, classID: 0)
    var upstream = ConfusionMatrix(classCount: 2, counting: .upstream)
    var complete = ConfusionMatrix(classCount: 2)
    let pictures: [([Detection], [GroundTruth])] = [([miss], [truth]), ([], [truth]), ([miss], [])]
    for (detections, truths) in pictures {
      try upstream.add(detections, against: truths)
      try complete.add(detections, against: truths)
    }
    #expect(upstream.rows == [[0, 0, 0], [0, 0, 0], [1, 0, 0]])
    #expect(complete.rows == [[0, 0, 0], [0, 0, 2], [2, 0, 0]])
    #expect(complete[predicted: 1, truth: complete.background] == 2)
  }

  @Test func aFloorThatCannotBeKeptHasNoThreshold() throws {
    let evaluation = try evaluate(
      [
        Detection(box: Self.far, score: 0.9, classID: 0),
        Detection(box: Self.box, score: 0.7, classID: 0),
      ],
      [GroundTruth(box: Self.box, classID: 0), GroundTruth(box: Self.box, classID: 1)])
    #expect(evaluation.bestConfidences(.precision(atLeast: 0.6)).isEmpty)
    let half = evaluation.bestConfidences(.precision(atLeast: 0.5))
    #expect(half.keys.sorted() == [0])
    #expect(half[0]?.threshold == 0.35 && half[0]?.recall == 1)
    let table = evaluation.thresholds(.recall(atLeast: 1))
    #expect(table[0] == 0.35 && table[1] == 0.25)
  }
}
