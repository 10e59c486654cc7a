import ApusBoxes
import ApusMetrics
import ApusTestSupport
import Foundation
import Testing

extension COCOSet {
  /// YOLOv5's evaluation of the same boxes: categories by position, crowds left out.
  func evaluatedAsYOLO() throws -> YOLOEvaluation {
    let classes = Dictionary(uniqueKeysWithValues: zip(categories, categories.indices))
    let truths = groundTruth.filter { !$0.isCrowd }
    let matching = YOLOMatching(rule: .perThreshold)
    var judged: [JudgedDetection] = []
    for image in images {
      judged += try matching.judge(
        detections.filter { $0.imageID == image }.map {
          Detection(
            box: Self.box($0.x, $0.y, $0.width, $0.height), score: Float($0.score),
            classID: classes[$0.categoryID] ?? -1)
        },
        against: truths.filter { $0.imageID == image }.map {
          GroundTruth(
            box: Self.box($0.x, $0.y, $0.width, $0.height), classID: classes[$0.categoryID] ?? -1)
        })
    }
    return try YOLOEvaluation(
      judged: judged, truthClasses: truths.map { classes[$0.categoryID] ?? -1 },
      matching: matching, rule: .smoothed)
  }

  private static func box(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> Box {
    Box(x1: Float(x), y1: Float(y), x2: Float(x + width), y2: Float(y + height))
  }

  /// Why both definitions differ on this set.
  func difference() throws -> MetricDifference? {
    try MetricDifference(
      groundTruth: groundTruth, detections: detections, images: images, categories: categories,
      coco: evaluated(), yolo: evaluatedAsYOLO())
  }
}

/// What COCO's and YOLOv5's conventions are worth, one after the other.
struct MetricDifferenceTests {
  /// The changes lead from one evaluation to the other: what single precision leaves over is next to nothing.
  @Test(arguments: 0..<40)
  func theConventionsExplainAllOfIt(seed: UInt64) throws {
    var set = COCOSet.withDistinctScores(seed: seed)
    var random = SeededGenerator(seed: seed)
    for index in stride(from: 5, to: set.groundTruth.count, by: 6) {
      set.groundTruth[index].isCrowd = true
    }
    // More than a hundred of a class in a picture.
    let object = set.groundTruth[0]
    for _ in 0..<150 {
      set.detections.append(
        COCODetection(
          imageID: object.imageID, categoryID: object.categoryID,
          x: .random(in: 0...300, using: &random), y: .random(in: 0...300, using: &random),
          width: 60, height: 60, score: .random(in: 0...1, using: &random)))
    }
    let difference = try #require(try set.difference())
    #expect(difference.steps.map(\.reason) == MetricDifference.Reason.allCases)
    let sum = difference.steps.reduce((0.0, 0.0)) { ($0.0 + $1.change.ap, $0.1 + $1.change.ap50) }
    #expect(Tolerance.reorderedDoubles.accepts(sum.0, difference.total.ap))
    #expect(Tolerance.reorderedDoubles.accepts(sum.1, difference.total.ap50))
    let rest = try #require(difference.steps.last).change
    #expect(Tolerance.rounding.accepts(rest.ap, 0), "\(rest)")
    #expect(Tolerance.rounding.accepts(rest.ap50, 0), "\(rest)")
    #expect(difference.steps.allSatisfy { !$0.reason.words.isEmpty })
  }

  /// The changes of AP50 by convention.
  private static func changes(_ set: COCOSet) throws -> [MetricDifference.Reason: Double] {
    let difference = try #require(try set.difference())
    return Dictionary(uniqueKeysWithValues: difference.steps.map { ($0.reason, $0.change.ap50) })
  }

  @Test func perfectResultsDifferByInterpolationAlone() throws {
    let changes = try Self.changes(
      COCOSet(objects: [1, 2], detections: [(1, 0, 0.9), (2, 1000, 0.8)]))
    for reason in MetricDifference.Reason.allCases where reason != .interpolation {
      let change = try #require(changes[reason])
      #expect(Tolerance.reorderedDoubles.accepts(change, 0), "\(reason)")
    }
    // The envelope falls to 0 at recall 1, which YOLO's last trapezoid does not see: half a point.
    let interpolation = try #require(changes[.interpolation])
    #expect(Tolerance.reorderedDoubles.accepts(interpolation, -0.005))
  }

  @Test func aDetectionOnACrowdCostsInYOLOOnly() throws {
    var set = COCOSet(objects: [1, 1], detections: [(1, 1000, 0.9), (1, 0, 0.8)])
    set.groundTruth[1].isCrowd = true
    let changes = try Self.changes(set)
    #expect(changes[.crowds] == -0.5)
    #expect(changes[.limit] == 0 && changes[.matching] == 0)
  }

  @Test func theSecondBestIsForCOCOOnly() throws {
    var set = COCOSet(objects: [1, 1], detections: [(1, 0, 0.9), (1, 5, 0.8)])
    // Both objects lie so that both detections overlap the first most.
    set.groundTruth[1].x = 20
    let changes = try Self.changes(set)
    // Recall 1 in COCO, 0.5 in YOLO: 51 of 101 points.
    let matching = try #require(changes[.matching])
    #expect(Tolerance.reorderedDoubles.accepts(matching, 51.0 / 101 - 1))
    #expect(changes[.limit] == 0 && changes[.crowds] == 0)
  }

  @Test func theHundredAndFirstIsForYOLOOnly() throws {
    let misses = (0..<100).map { (category: 1, x: 5000.0, score: 1 - Double($0) / 1000) }
    let changes = try Self.changes(COCOSet(objects: [1], detections: misses + [(1, 0, 0.1)]))
    let limit = try #require(changes[.limit])
    #expect(Tolerance.reorderedDoubles.accepts(limit, 1.0 / 101))
  }

  @Test func nothingToMeasureIsNoDifference() throws {
    let difference = try COCOSet(objects: [], detections: [(1, 0, 0.5)]).difference()
    #expect(difference == nil)
    var bad = COCOSet(objects: [1], detections: [(1, 0, 0.5)])
    let (coco, yolo) = (try bad.evaluated(), try bad.evaluatedAsYOLO())
    bad.detections[0].score = .nan
    #expect(throws: COCOError.self) {
      try MetricDifference(
        groundTruth: bad.groundTruth, detections: bad.detections, images: [1], categories: [1],
        coco: coco, yolo: yolo)
    }
  }

  /// What pycocotools and upstream's `ap_per_class` say of the same detections.
  @Test(
    .enabled(if: Shared.isPresent, Comment(rawValue: Shared.absence)),
    arguments: [
      ("coco_results", 0.304612, 0.482083, 0.302275, 0.477014),
      ("coco_results_rect", 0.310325, 0.497242, 0.308122, 0.492009),
    ])
  func explainsUpstreamsNumbers(
    file: String, ap: Double, ap50: Double, mAP: Double, mAP50: Double
  ) throws {
    let annotations = "data/coco_val2017_subset/instances_val2017_subset.json"
    let set = try COCOSet(
      annotations: Data(Shared.bytes(annotations)),
      results: COCOReferenceTests.expanded(
        Shared.file("data/expected/yolov5n_pt/\(file).json.gz")))
    let difference = try #require(try set.difference())
    // Recorded with six decimals; YOLO's order of equal scores is not recorded.
    for (found, expected) in [
      (difference.coco.ap, ap), (difference.coco.ap50, ap50), (difference.yolo.ap, mAP),
      (difference.yolo.ap50, mAP50),
    ] {
      #expect(Tolerance.tiedScores.accepts(found, expected), "\(found), \(expected)")
    }
    print("\(file):", terminator: "")
    for step in difference.steps {
      print(" \(step.reason) \(step.change.ap) \(step.change.ap50)", terminator: ";")
    }
    print()
    let rest = try #require(difference.steps.last).change
    #expect(Tolerance.tiedScores.accepts(rest.ap, 0) && Tolerance.tiedScores.accepts(rest.ap50, 0))
  }
}
