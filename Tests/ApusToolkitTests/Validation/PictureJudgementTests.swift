import ApusBoxes
import ApusTestSupport
import ApusToolkit
import Testing

/// What became of the detections of one picture.
@Suite struct PictureJudgementTests {
  static func box(_ x: Float, _ size: Float = 40) -> Box {
    Box(x1: x, y1: 0, x2: x + size, y2: size)
  }

  @Test func theBestDetectionTakesTheObject() {
    let truths = [
      GroundTruth(box: Self.box(0), classID: 0), GroundTruth(box: Self.box(100), classID: 1),
    ]
    let detections = [
      Detection(box: Self.box(4), score: 0.9, classID: 0),
      Detection(box: Self.box(0), score: 0.8, classID: 0),
      Detection(box: Self.box(100), score: 0.7, classID: 0),
      Detection(box: Self.box(121), score: 0.6, classID: 1),
    ]
    let judged = PictureJudgement(detections, against: truths)
    #expect(judged.outcomes == [.correct(truth: 0), .wrong, .wrong, .wrong])
    #expect(judged.finders == [0, nil])
  }

  @Test func aSecondChoiceIsTaken() {
    let truths = [
      GroundTruth(box: Self.box(0), classID: 0), GroundTruth(box: Self.box(8), classID: 0),
    ]
    let detections = [
      Detection(box: Self.box(0), score: 0.9, classID: 0),
      Detection(box: Self.box(1), score: 0.8, classID: 0),
    ]
    let judged = PictureJudgement(detections, against: truths)
    #expect(judged.outcomes == [.correct(truth: 0), .correct(truth: 1)])
  }

  @Test func crowdsCountNeitherWay() {
    let crowd = GroundTruth(box: Self.box(0, 100), classID: 0, isCrowd: true)
    let detections = [
      Detection(box: Self.box(0, 20), score: 0.9, classID: 0),
      Detection(box: Self.box(30, 20), score: 0.8, classID: 0),
      Detection(box: Self.box(30, 20), score: 0.7, classID: 1),
      Detection(box: Self.box(95, 20), score: 0.6, classID: 0),
    ]
    let judged = PictureJudgement(detections, against: [crowd])
    #expect(judged.outcomes == [.inCrowd, .inCrowd, .wrong, .wrong])
    #expect(judged.finders == [nil])
  }

  /// The page looks at the detections above a confidence only, but judges all at once.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func laterDetectionsChangeNothing(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    func box() -> Box { Self.box(.random(in: 0...80, using: &generator), 40) }
    let truths = (0..<6).map { GroundTruth(box: box(), classID: $0 % 2, isCrowd: $0 == 5) }
    let detections = (0..<20).map {
      Detection(box: box(), score: 1 - Float($0) / 20, classID: $0 % 2)
    }
    let whole = PictureJudgement(detections, against: truths)
    for count in detections.indices {
      let part = PictureJudgement(Array(detections.prefix(count)), against: truths)
      #expect(part.outcomes == Array(whole.outcomes.prefix(count)))
      #expect(part.finders == whole.finders.map { $0.flatMap { $0 < count ? $0 : nil } })
    }
  }
}
