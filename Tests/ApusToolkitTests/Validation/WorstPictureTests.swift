import ApusBoxes
import ApusMetrics
import ApusTestSupport
import ApusToolkit
import Testing

/// Which pictures are worst, how scores are to be read, and which classes are shown.
@Suite struct WorstPictureTests {
  typealias Fixture = ValidationFixture

  /// Picture 0 is right, 1 misses two, 2 has a false detection of 0.9, 3 both, 4 a false one below.
  static func evaluation() throws -> Evaluation {
    let data = Fixture.dataset(
      classes: ["a", "b"], pictures: (0..<6).map { "\($0).jpg" },
      objects: [
        .init(picture: 0, classID: 0), .init(picture: 1, classID: 0),
        .init(picture: 1, classID: 1, x: 100), .init(picture: 3, classID: 1),
        .init(picture: 5, classID: 1, isCrowd: true),
      ])
    let found = Fixture.results([
      .init(picture: 0, classID: 0, score: 0.8), .init(picture: 2, classID: 1, score: 0.9),
      .init(picture: 3, classID: 0, score: 0.75), .init(picture: 4, classID: 0, score: 0.25),
      .init(picture: 5, classID: 1, x: 15, size: 20, score: 0.95),
      .init(picture: 1, classID: 0, score: 0.5),
    ])
    return try Evaluation(found, on: EvaluationData(data, path: "d"))
  }

  static func worst(_ count: Int) throws -> WorstPictures {
    let evaluation = try evaluation()
    return WorstPictures(
      evaluation.pictures,
      judgements: evaluation.pictures.map { PictureJudgement($0.detections, against: $0.truths) },
      confidence: 0.5, count: count)
  }

  @Test func missesAndScoresOfFalseDetectionsAddUp() throws {
    let worst = try Self.worst(10)
    // The detection of picture 1 scores 0.5, which is not above 0.5.
    #expect(worst.entries.map(\.index) == [1, 3, 2])
    #expect(worst.entries.map(\.error) == [2, 1.75, Double(Float(0.9))])
    #expect(worst.entries.map(\.missed) == [[0, 1], [0], []])
    #expect(worst.entries.map(\.wrong) == [[], [0], [0]])
    #expect(worst.entries.map(\.kept) == [0, 1, 1])
  }

  @Test func onlyTheWorstAreKept() throws {
    let worst = try Self.worst(1)
    #expect(worst.entries.map(\.index) == [1])
    #expect(worst.wrongCount == 3)
    #expect(try Self.worst(0).entries.isEmpty)
    #expect(try Self.worst(-3).entries.isEmpty)
  }

  @Test func reliabilityCountsByTenths() throws {
    let evaluation = try Self.evaluation()
    let reliability = ScoreReliability(
      evaluation.pictures,
      judgements: evaluation.pictures.map { PictureJudgement($0.detections, against: $0.truths) })
    #expect(reliability.bins.map(\.count) == [0, 0, 1, 0, 1, 0, 0, 2, 1, 0])
    #expect(reliability.bins.map(\.correct) == [0, 0, 0, 0, 1, 0, 0, 1, 0, 0])
    #expect(reliability.bins[7].precision == 0.5)
    let score = try #require(reliability.bins[7].meanScore)
    #expect(Tolerance.rounding.accepts(score, (0.75 + 0.8) / 2))
    // |0 - 0.25|, |1 - 0.5|, |0.5 - 0.775| twice and |0 - 0.9|, over five detections.
    let error = try #require(reliability.expectedError)
    #expect(Tolerance.rounding.accepts(error, (0.25 + 0.5 + 0.55 + 0.9) / 5))
    #expect(ScoreReliability([], judgements: []).expectedError == nil)
  }

  @Test func mixedUpClassesAreShown() throws {
    var matrix = ConfusionMatrix(classCount: 30)
    func at(_ x: Float) -> Box { Box(x1: x, y1: 0, x2: x + 10, y2: 10) }
    for (truth, predicted, count) in [(3, 7, 2), (7, 3, 1), (12, 12, 5), (20, 21, 4)] {
      for _ in 0..<count {
        try matrix.add(
          [Detection(box: at(0), score: 0.9, classID: predicted)],
          against: [GroundTruth(box: at(0), classID: truth)])
      }
    }
    try matrix.add([], against: [GroundTruth(box: at(0), classID: 25)])
    try matrix.add([Detection(box: at(0), score: 0.9, classID: 26)], against: [])
    let selection = ConfusionSelection(matrix, limit: 6)
    #expect(selection.classes == [3, 7, 20, 21, 25, 26])
    #expect(selection.mixups.map(\.count) == [4, 2, 1])
    #expect(selection.mixups.map(\.truth) == [20, 3, 7])
    #expect(selection.mixups.map(\.predicted) == [21, 7, 3])
    #expect(selection.objects[12] == 5 && selection.objects[25] == 1)
    #expect(selection.falseCount == 1)
    #expect(ConfusionSelection(matrix, limit: 100).classes.count == 30)
  }
}
