import ApusMetrics
import ApusTestSupport
import Foundation
import Testing

/// What pycocotools recorded: cases made up to be awkward, and upstream's detectors on photographs.
struct COCOReferenceTests {
  @Test(
    .enabled(if: Shared.isPresent, Comment(rawValue: Shared.absence)),
    arguments: ["std", "many_dets", "one_class"])
  func equalsRecordedCurves(name: String) throws {
    let path = "data/vectors/metrics/\(name)"
    let file = try SafetensorsFixture("\(path).safetensors")
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(Shared.bytes("\(path).json"))) as? [String: Any])
    let span = try #require((json["images"] as? [String: Any])?["ids"] as? [Int])
    let categoryCount = try #require(json["nc"] as? Int)
    let rows = try file.floats("gt")
    let areas = try file.integers("gt_area.f64bits").map {
      Double(bitPattern: .init(bitPattern: Int64($0)))
    }
    let crowds = try file.integers("gt_iscrowd")
    let objects = areas.indices.map { index in
      let row = rows[6 * index..<6 * index + 6].map(Double.init)
      return COCOGroundTruth(
        imageID: Int(row[0]), categoryID: Int(row[1]), x: row[2], y: row[3], width: row[4],
        height: row[5], area: areas[index], isCrowd: crowds[index] == 1)
    }
    let found = try file.floats("det")
    let detections = stride(from: 0, to: found.count, by: 7).map { start in
      let row = found[start..<start + 7].map(Double.init)
      return COCODetection(
        imageID: Int(row[0]), categoryID: Int(row[1]), x: row[2], y: row[3], width: row[4],
        height: row[5], score: row[6])
    }
    let evaluation = try COCOEvaluation(
      groundTruth: objects, detections: detections, images: Array(span[0]...span[1]),
      categories: Array(0..<categoryCount))

    let numbers = try file.integers("coco.stats.f64bits")
      .map { Double(bitPattern: .init(bitPattern: Int64($0))) }
    expectEqual(evaluation.summary.numbers, numbers, "summary")
    let precision = try file.floats("coco.precision_101")
    let recall = try file.floats("coco.recall")
    try #require(precision.count == 1010 * categoryCount && recall.count == 120 * categoryCount)
    for (category, result) in evaluation.classes.enumerated() {
      for place in 0..<1010 {
        // Range all, limit 100.
        let expected = precision[place * categoryCount + category]
        #expect(Float(result.precisions[2 * 1010 + place]) == expected, "\(category), \(place)")
      }
      for (place, value) in result.recalls.enumerated() {
        let (slot, threshold) = place.quotientAndRemainder(dividingBy: 10)
        let expected = recall[(threshold * categoryCount + category) * 12 + slot]
        #expect(Float(value) == expected, "\(category), \(place)")
      }
    }
    let classes = try #require(json["coco_per_class"] as? [[String: Any]])
    let recorded = try classes.map { entry in
      try ["AP", "AP50", "AR100"].map { try #require(entry[$0] as? Double) }
    }
    for (result, expected) in zip(evaluation.classes, recorded) {
      expectEqual(
        [
          result.averagePrecision(), result.averagePrecision(threshold: 0), result.averageRecall(),
        ], expected, "category \(result.categoryID)")
    }
    #expect(recorded.count == categoryCount)
  }

  @Test(
    .enabled(if: Shared.isPresent, Comment(rawValue: Shared.absence)),
    arguments: [
      ("yolov5n_pt", "coco_results", "metrics_square"),
      ("yolov5n_pt", "coco_results_rect", "metrics_rect"),
      ("nanodet_m_320_ckpt", "coco_results_head", "metrics_head"),
    ])
  func equalsRecordedNumbersOfDetectors(model: String, results: String, key: String) throws {
    let folder = "data/expected/\(model)"
    let metrics = try JSONSerialization.jsonObject(
      with: Data(Shared.bytes("\(folder)/metrics.json")))
    let part = try #require((metrics as? [String: Any])?[key] as? [String: Any])
    let recorded = try #require(part["pycocotools_bbox"] as? [String: Double])
    let names = [
      "AP50_95", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl",
    ]
    let annotations = "data/coco_val2017_subset/instances_val2017_subset.json"
    let set = try COCOSet(
      annotations: Data(Shared.bytes(annotations)),
      results: Self.expanded(Shared.file("\(folder)/\(results).json.gz")))
    #expect(set.detections.count == part["n_results"] as? Int)
    let numbers = try set.evaluated().summary.numbers
    for (name, number) in zip(names, numbers) {
      let expected = try #require(recorded[name])
      // Recorded with six decimals.
      #expect(abs(number - expected) <= 0.500001e-6, "\(name): \(number), \(expected)")
    }
  }

  private func expectEqual(_ found: [Double], _ expected: [Double], _ what: String) {
    #expect(found.count == expected.count, "\(what)")
    for (found, expected) in zip(found, expected) {
      #expect(Tolerance.reorderedDoubles.accepts(found, expected), "\(what): \(found), \(expected)")
    }
  }

  /// The contents of a gzip file.
  static func expanded(_ file: URL) throws -> Data {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", file.path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = try #require(try output.fileHandleForReading.readToEnd())
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return data
  }
}
