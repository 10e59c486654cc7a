import ApusMetrics
import ApusTestSupport
import Testing

/// Cases small enough to work out by hand.
struct COCOEvaluationTests {
  private static func object(
    _ image: Int = 1, category: Int = 1, x: Double = 0, side: Double = 50, area: Double? = nil,
    isCrowd: Bool = false
  ) -> COCOGroundTruth {
    COCOGroundTruth(
      imageID: image, categoryID: category, x: x, y: 0, width: side, height: side,
      area: area ?? side * side, isCrowd: isCrowd)
  }

  private static func detection(
    _ image: Int = 1, category: Int = 1, x: Double = 0, side: Double = 50, score: Double = 0.5
  ) -> COCODetection {
    COCODetection(
      imageID: image, categoryID: category, x: x, y: 0, width: side, height: side, score: score)
  }

  private static func evaluate(
    _ objects: [COCOGroundTruth], _ detections: [COCODetection], images: [Int] = [1],
    categories: [Int] = [1]
  ) throws -> COCOEvaluation {
    try COCOEvaluation(
      groundTruth: objects, detections: detections, images: images, categories: categories)
  }

  @Test
  func perfectDetectionScoresOneWhereItIsMeasured() throws {
    let summary = try Self.evaluate([Self.object()], [Self.detection()]).summary
    // 50² is medium: small and large have nothing to find.
    #expect(
      zip(summary.numbers, [1, 1, 1, -1, 1, -1, 1, 1, 1, -1, 1, -1]).allSatisfy {
        abs($0 - $1) < 1e-12
      })
  }

  @Test
  func nothingToFindIsMinusOneAndNothingFoundIsZero() throws {
    let empty = try Self.evaluate([], [Self.detection()])
    #expect(empty.summary.numbers == [Double](repeating: -1, count: 12))
    #expect(empty.classes[0].objectCount(in: .all) == 0)
    let blind = try Self.evaluate([Self.object()], [])
    #expect(blind.summary.ap == 0 && blind.summary.ar100 == 0 && blind.summary.apSmall == -1)
    let classless = try Self.evaluate([], [], images: [], categories: [])
    #expect(classless.classes.isEmpty && classless.summary.ap == -1)
  }

  @Test
  func categoriesWithoutObjectsAreLeftOutOfTheMean() throws {
    let evaluation = try Self.evaluate(
      [Self.object()], [Self.detection(), Self.detection(category: 2)], categories: [2, 1, 3])
    #expect(evaluation.classes.map(\.categoryID) == [1, 2, 3])
    #expect(abs(evaluation.summary.ap - 1) < 1e-12)
    #expect(evaluation.classes[1].averagePrecision() == -1)
    #expect(evaluation.classes[1].averageRecall() == -1)
  }

  @Test
  func detectionsInPicturesWithoutObjectsCount() throws {
    let found = [Self.detection(), Self.detection(2, score: 0.9)]
    let summary = try Self.evaluate([Self.object()], found, images: [1, 2]).summary
    #expect(abs(summary.ap50 - 0.5) < 1e-12)
  }

  @Test
  func crowdsAbsorbAnyNumberOfDetections() throws {
    let crowd = Self.object(x: 100, side: 200, isCrowd: true)
    let inside = (0..<5).map { Self.detection(x: 110 + 20 * Double($0), score: 0.9) }
    let summary = try Self.evaluate([Self.object(), crowd], inside + [Self.detection()]).summary
    #expect(abs(summary.ap - 1) < 1e-12 && summary.ar100 == 1)
    let alone = try Self.evaluate([crowd], inside)
    #expect(alone.summary.ap == -1)
  }

  @Test
  func anOverlapEqualToAThresholdSuffices() throws {
    // 50 x 100 of 100 x 100 pixels.
    let half = COCODetection(
      imageID: 1, categoryID: 1, x: 0, y: 0, width: 50, height: 100, score: 0.9)
    let summary = try Self.evaluate([Self.object(side: 100)], [half]).summary
    #expect(abs(summary.ap50 - 1) < 1e-12 && abs(summary.ap - 0.1) < 1e-12)
    // Half of this one lies in the crowd.
    let crowd = Self.object(x: 225, side: 100, isCrowd: true)
    let found = [Self.detection(x: 200, score: 0.9), Self.detection()]
    let beside = try Self.evaluate([Self.object(), crowd], found).summary
    #expect(abs(beside.ap50 - 1) < 1e-12 && abs(beside.ap75 - 0.5) < 1e-12)
  }

  @Test
  func rangesGoByTheAnnotatedArea() throws {
    let summary = try Self.evaluate([Self.object(area: 1000)], [Self.detection()]).summary
    #expect(summary.apMedium == -1 && abs(summary.apSmall - 1) < 1e-12)
    // Both ends of a range belong to it.
    let edge = try Self.evaluate([Self.object(area: 1024)], [Self.detection()]).summary
    #expect(edge.arSmall == 1 && edge.arMedium == 1 && edge.arLarge == -1)
  }

  @Test
  func equalScoresKeepTheirOrder() throws {
    let wrong = Self.detection(x: 300)
    let first = try Self.evaluate([Self.object()], [Self.detection(), wrong]).summary
    let last = try Self.evaluate([Self.object()], [wrong, Self.detection()]).summary
    #expect(abs(first.ap - 1) < 1e-12 && abs(last.ap - 0.5) < 1e-12)
    #expect(first.ar1 == 1 && last.ar1 == 0)
  }

  @Test
  func theHundredAndFirstDetectionIsNotLookedAt() throws {
    let wrong = (0..<100).map { _ in Self.detection(x: 300, score: 0.9) }
    let summary = try Self.evaluate([Self.object()], wrong + [Self.detection()]).summary
    #expect(summary.ar100 == 0)
    let reached = try Self.evaluate([Self.object()], wrong.dropLast() + [Self.detection()]).summary
    #expect(reached.ar100 == 1 && reached.ar10 == 0)
  }

  @Test
  func otherCategoriesAndPicturesAreLeftOut() throws {
    let objects = [Self.object(), Self.object(9), Self.object(category: 9)]
    let summary = try Self.evaluate(objects, [Self.detection(), Self.detection(category: 9)])
      .summary
    #expect(abs(summary.ap - 1) < 1e-12 && summary.ar100 == 1)
  }

  @Test
  func badInputIsRefusedByName() {
    let unordered = #expect(throws: COCOError.self) {
      try Self.evaluate([], [Self.detection(), Self.detection(score: .nan)])
    }
    #expect(unordered?.code == .unorderedScore)
    #expect(unordered?.description.contains("detection 1 of image 1") == true)
    let infinite = #expect(throws: COCOError.self) {
      try Self.evaluate([], [Self.detection(x: .infinity)])
    }
    #expect(infinite?.code == .notFinite)
    let object = #expect(throws: COCOError.self) {
      try Self.evaluate([Self.object(area: .nan)], [])
    }
    #expect(object?.code == .notFinite)
    let stranger = #expect(throws: COCOError.self) { try Self.evaluate([], [Self.detection(2)]) }
    #expect(stranger?.code == .unknownImage)
    #expect(stranger?.description.contains("image 2") == true)
  }
}
