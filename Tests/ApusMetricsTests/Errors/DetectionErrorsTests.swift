import ApusMetrics
import ApusTestSupport
import Testing

extension COCOSet {
  /// The kinds of mistakes.
  func errors() throws -> DetectionErrors {
    try DetectionErrors(
      groundTruth: groundTruth, detections: detections, images: images, categories: categories)
  }

  /// Squares of 100 pixels at x = 0, 1000, 2000 … in picture 1, and detections of them.
  init(objects: [Int], detections: [(category: Int, x: Double, score: Double)]) {
    images = [1]
    categories = [1, 2]
    groundTruth = objects.enumerated().map { index, category in
      COCOGroundTruth(
        imageID: 1, categoryID: category, x: Double(index) * 1000, y: 0, width: 100, height: 100,
        area: 10000)
    }
    self.detections = detections.map {
      COCODetection(
        imageID: 1, categoryID: $0.category, x: $0.x, y: 0, width: 100, height: 100,
        score: $0.score)
    }
  }
}

/// One small case for each kind, counted by hand, and what must hold of all.
struct DetectionErrorsTests {
  struct Case: CustomTestStringConvertible {
    var testDescription: String
    var objects: [Int]
    var detections: [(category: Int, x: Double, score: Double)]
    var verdicts: [DetectionErrors.Verdict]
    var missed: [Int] = []
    var ap50: Double
    var gains: [DetectionErrors.Kind: Double]
  }

  // Squares shifted by 50 of 100 pixels overlap by 50 / 150 = 0.33, by 90 pixels by 10 / 190 = 0.05.
  static let cases: [Case] = [
    Case(
      testDescription: "perfect", objects: [1, 2], detections: [(1, 0, 0.9), (2, 1000, 0.8)],
      verdicts: [.correct, .correct], ap50: 1, gains: [:]),
    Case(
      testDescription: "wrong class", objects: [1, 2], detections: [(2, 0, 0.9), (2, 1000, 0.8)],
      verdicts: [.mistake(.classification), .correct],
      // Class 1 has nothing: 0; class 2 finds its object second: 1/2. Repaired both are 1.
      ap50: 0.25, gains: [.classification: 0.75]),
    Case(
      testDescription: "wrong place", objects: [1, 2], detections: [(1, 50, 0.9), (2, 1000, 0.8)],
      verdicts: [.mistake(.localisation), .correct], ap50: 0.5, gains: [.localisation: 0.5]),
    Case(
      testDescription: "wrong class and place", objects: [1, 2],
      detections: [(1, 0, 0.9), (2, 50, 0.95), (2, 1000, 0.8)],
      verdicts: [.correct, .mistake(.both), .correct], ap50: 0.75, gains: [.both: 0.25]),
    Case(
      testDescription: "duplicate", objects: [1, 1, 2],
      detections: [(1, 0, 0.9), (1, 10, 0.8), (1, 1000, 0.7), (2, 2000, 0.6)],
      verdicts: [.correct, .mistake(.duplicate), .correct, .correct],
      // Class 1: precision 1 up to recall 0.5 (51 points), then 2/3 (50 points).
      ap50: ((51 + 50 * 2.0 / 3) / 101 + 1) / 2, gains: [.duplicate: (50.0 / 3) / 101 / 2]),
    Case(
      testDescription: "background", objects: [1, 2],
      detections: [(1, 90, 0.9), (1, 0, 0.8), (2, 1000, 0.8)],
      verdicts: [.mistake(.background), .correct, .correct], ap50: 0.75,
      gains: [.background: 0.25]),
    Case(
      testDescription: "missed", objects: [1, 1, 2], detections: [(1, 0, 0.9), (2, 2000, 0.8)],
      verdicts: [.correct, .correct], missed: [1], ap50: (51.0 / 101 + 1) / 2,
      gains: [.missed: 50.0 / 101 / 2]),
    Case(
      testDescription: "the better of two rescues", objects: [1, 2],
      detections: [(1, 50, 0.7), (2, 0, 0.9), (2, 1000, 0.95)],
      // The object of class 1 is nobody's; with the right class the second would find it, and the
      // first, with the right place, would come too late.
      verdicts: [.mistake(.localisation), .mistake(.classification), .correct], ap50: 0.5,
      gains: [.classification: 0.5]),
  ]

  @Test(arguments: cases)
  func isAsCounted(_ example: Case) throws {
    let set = COCOSet(objects: example.objects, detections: example.detections)
    let errors = try set.errors()
    #expect(errors.verdicts == example.verdicts)
    #expect(errors.missed == example.missed)
    let ap50 = try #require(errors.ap50)
    #expect(Tolerance.reorderedDoubles.accepts(ap50, example.ap50))
    for share in errors.kinds {
      let gain = try #require(share.apGain)
      let expected = example.gains[share.kind] ?? 0
      #expect(Tolerance.reorderedDoubles.accepts(gain + 1, expected + 1), "\(share.kind): \(gain)")
      let count =
        share.kind == .missed
        ? example.missed.count : example.verdicts.count { $0.kind == share.kind }
      #expect(share.count == count)
      #expect(errors[share.kind] == share)
    }
  }

  @Test func crowdsTakeDetectionsWithoutCost() throws {
    var set = COCOSet(objects: [1, 1], detections: [(1, 0, 0.5), (1, 1000, 0.9), (2, 1000, 0.9)])
    set.groundTruth[1].isCrowd = true
    let errors = try set.errors()
    #expect(errors.verdicts == [.correct, .inCrowd(.background), .mistake(.background)])
    #expect(errors.missed == [])
    // Class 2 has a detection and no object: AP 0, as tidecv has it.
    #expect(errors.ap50 == 0.5)
    #expect(errors[.background].count == 2)
    #expect(errors[.background].apGain == 0.5)
  }

  @Test func onlyAHundredOfAPictureAreLookedAt() throws {
    let many = (0..<150).map { (category: 1, x: 5000.0, score: 1 - Double($0) / 1000) }
    let errors = try COCOSet(objects: [1], detections: many + [(1, 0, 0.1)]).errors()
    #expect(errors.verdicts.prefix(100).allSatisfy { $0 == .mistake(.background) })
    #expect(errors.verdicts.dropFirst(100).allSatisfy { $0 == nil })
    #expect(errors.missed == [0])
  }

  @Test func nothingToMeasureIsSaidSo() throws {
    let nothing = try COCOSet(objects: [], detections: []).errors()
    #expect(nothing.ap50 == nil && nothing.falseNegativeGain == nil)
    #expect(nothing.kinds.allSatisfy { $0.count == 0 && $0.apGain == nil })
    let blind = try COCOSet(objects: [1], detections: []).errors()
    #expect(blind.ap50 == 0)
    #expect(blind.missed == [0])
    // tidecv divides by zero here: without the missed object no class is left.
    #expect(blind[.missed].apGain == nil && blind[.background].apGain == 0)
  }

  @Test func badInputIsRefused() throws {
    let set = COCOSet(objects: [1], detections: [(1, 0, 0.5)])
    for (change, code) in [
      ({ $0.detections[0].score = .nan }, .unorderedScore),
      ({ $0.detections[0].width = .infinity }, .notFinite),
      ({ $0.groundTruth[0].x = .nan }, .notFinite),
      ({ $0.detections[0].imageID = 7 }, .unknownImage),
    ] as [((inout COCOSet) -> Void, COCOError.Code)] {
      var bad = set
      change(&bad)
      let error = #expect(throws: COCOError.self) { try bad.errors() }
      #expect(error?.code == code)
    }
    var other = set
    other.detections[0].categoryID = 9
    other.groundTruth.append(other.groundTruth[0])
    other.groundTruth[1].imageID = 7
    let errors = try other.errors()
    #expect(errors.verdicts == [nil] && errors.missed == [0])
  }

  /// The slow twin: the mistakes are repaired in the data, which is judged again from the start.
  @Test(arguments: 0..<40)
  func gainsAreThoseOfRepairedData(seed: UInt64) throws {
    let set = COCOSet.withDistinctScores(seed: seed)
    let errors = try set.errors()
    let ap50 = try #require(errors.ap50)
    let before = try set.evaluated().summary.ap50
    #expect(Tolerance.reorderedDoubles.accepts(ap50, before))
    for share in errors.kinds {
      let repaired = try set.repaired(share.kind, errors).errors().ap50
      let (after, gain) = (try #require(repaired), try #require(share.apGain))
      #expect(
        Tolerance.reorderedDoubles.accepts(gain + 1, max(after - ap50, 0) + 1), "\(share.kind)")
    }
    #expect(errors.verdicts.allSatisfy { $0 != nil })
  }
}

extension COCOSet {
  /// A random set in which COCO and TIDE agree: scores differ, no crowds, no class without objects.
  static func withDistinctScores(seed: UInt64) -> COCOSet {
    var random = SeededGenerator(seed: seed)
    var set = COCOSet(objects: [], detections: [])
    set.images = Array(1...5)
    set.categories = Array(1...3)
    func near(_ value: Double, _ share: Double) -> Double {
      value + .random(in: -share...share, using: &random)
    }
    // Of 11 objects no share but all is a hundredth: COCO's recalls are a rounding above some of these.
    for index in 0..<33 {
      set.groundTruth.append(
        COCOGroundTruth(
          imageID: .random(in: 1...5, using: &random), categoryID: index % 3 + 1,
          x: .random(in: 0...300, using: &random), y: .random(in: 0...300, using: &random),
          width: .random(in: 30...120, using: &random),
          height: .random(in: 30...120, using: &random), area: 5000))
    }
    // Of every class one is found for sure: it stays a class whatever is repaired.
    for index in 0..<150 {
      let object =
        index < 3 ? set.groundTruth[index] : set.groundTruth.randomElement(using: &random)
      guard let object else { continue }
      let shift: Double = index < 3 ? 0 : [0, 10, 40, 90, 300].randomElement(using: &random) ?? 0
      let isRight = index < 3 || Bool.random(using: &random)
      set.detections.append(
        COCODetection(
          imageID: object.imageID,
          categoryID: isRight ? object.categoryID : .random(in: 1...3, using: &random),
          x: near(object.x, shift), y: near(object.y, shift), width: object.width,
          height: near(object.height, 20), score: .random(in: 0...1, using: &random)))
    }
    return set
  }

  /// The set without the mistakes of a kind.
  func repaired(_ kind: DetectionErrors.Kind, _ errors: DetectionErrors) -> COCOSet {
    var set = self
    if kind == .missed {
      set.groundTruth = groundTruth.indices.filter { !errors.missed.contains($0) }
        .map { groundTruth[$0] }
      return set
    }
    let found = Set(
      detections.indices.filter { errors.verdicts[$0] == .correct }
        .compactMap { errors.objects[$0] })
    // Of each object that was not found, the mistake with the highest score would find it.
    var rescuers: [Int: Int] = [:]
    for index in detections.indices where errors.verdicts[index] != .correct {
      guard let object = errors.objects[index], !found.contains(object) else { continue }
      if let other = rescuers[object], detections[other].score >= detections[index].score {
        continue
      }
      rescuers[object] = index
    }
    set.detections = detections.indices.compactMap { index in
      var detection = detections[index]
      guard errors.verdicts[index]?.kind == kind else { return detection }
      guard let object = errors.objects[index], rescuers[object] == index else { return nil }
      let target = groundTruth[object]
      detection.categoryID = target.categoryID
      (detection.x, detection.y) = (target.x, target.y)
      (detection.width, detection.height) = (target.width, target.height)
      return detection
    }
    return set
  }
}
