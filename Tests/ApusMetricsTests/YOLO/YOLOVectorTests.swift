import ApusBoxes
import ApusMetrics
import ApusTestSupport
import Foundation
import Testing

@Suite("YOLO metrics against upstream", .enabled(if: Shared.isPresent, "\(Shared.absence)"))
struct YOLOVectorTests {
  /// A case of `data/vectors/metrics`, its pictures in upstream's order of detections.
  struct Vectors {
    let fixture: SafetensorsFixture
    let pictures: [(detections: [Detection], truths: [GroundTruth])]

    init(_ name: String) throws {
      fixture = try SafetensorsFixture("data/vectors/metrics/\(name).safetensors")
      let truths = try Self.rows(fixture.floats("gt"), 6)
      let detections = try Self.rows(fixture.floats("det"), 7)
      pictures = Set((truths + detections).map { $0[0] }).sorted().map { image in
        let own = detections.filter { $0[0] == image }.map {
          Detection(box: Self.box($0), score: $0[6], classID: Int($0[1]))
        }
        let objects = truths.filter { $0[0] == image }.map {
          GroundTruth(box: Self.box($0), classID: Int($0[1]))
        }
        return (own.sorted { $0.score > $1.score }, objects)
      }
    }

    func summary(_ name: String) throws -> [String: Double] {
      let bytes = try Shared.bytes("data/vectors/metrics/\(name).json")
      let json = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
      return try #require(json?["y5_summary"] as? [String: Double])
    }

    static func rows(_ values: [Float], _ width: Int) -> [[Float]] {
      stride(from: 0, to: values.count, by: width).map { Array(values[$0..<($0 + width)]) }
    }

    static func box(_ row: [Float]) -> Box {
      Box(x1: row[2], y1: row[3], x2: row[2] + row[4], y2: row[3] + row[5])
    }
  }

  @Test(arguments: ["std", "one_class", "many_dets"])
  func evaluationEqualsUpstream(_ name: String) throws {
    let vectors = try Vectors(name)
    let judged = try vectors.pictures.flatMap {
      try YOLOMatching().judge($0.detections, against: $0.truths)
    }
    #expect(judged.map(\.score) == (try vectors.fixture.floats("y5.conf")))
    let marks = judged.flatMap { one in (0..<10).map { one.isCorrect(at: $0) ? 1 : 0 } }
    #expect(marks == (try vectors.fixture.integers("y5.correct")))

    let truths = vectors.pictures.flatMap { $0.truths.map(\.classID) }
    let evaluation = try YOLOEvaluation(
      judged: judged, truthClasses: truths, matching: YOLOMatching())
    let classes = try vectors.fixture.integers("y5.classes")
    #expect(evaluation.classes.map(\.classID) == classes)
    let expected = try vectors.fixture.integers("y5.ap.f64bits").map {
      Double(bitPattern: UInt64(bitPattern: Int64($0)))
    }
    let found = evaluation.classes.flatMap(\.averagePrecisions)
    #expect(agree(found, expected, .reorderedDoubles))
    let (p, r, f1) = (
      try vectors.fixture.floats("y5.P"), try vectors.fixture.floats("y5.R"),
      try vectors.fixture.floats("y5.F1")
    )
    #expect(evaluation.classes.map { Float($0.precision) } == p)
    #expect(evaluation.classes.map { Float($0.recall) } == r)
    #expect(evaluation.classes.map { Float($0.f1) } == f1)
    let summary = try vectors.summary(name)
    let means = [
      "P": evaluation.precision, "R": evaluation.recall, "mAP50": evaluation.mAP50,
      "mAP50_95": evaluation.mAP, "fitness": evaluation.fitness,
    ]
    for (key, value) in means {
      let expected = try #require(summary[key])
      #expect(agree([value ?? .nan], [expected], .reorderedDoubles), "\(key)")
    }
  }

  @Test(arguments: ["std", "one_class", "many_dets"])
  func confusionEqualsUpstream(_ name: String) throws {
    let vectors = try Vectors(name)
    let expected = try vectors.fixture("y5.confusion_matrix")
    var matrix = ConfusionMatrix(classCount: expected.shape[0] - 1, counting: .upstream)
    for picture in vectors.pictures {
      try matrix.add(picture.detections, against: picture.truths)
    }
    #expect(matrix.rows.flatMap(\.self).map(Float.init) == expected.floats)
  }

  /// mAP50, mAP50-95, P and R of yolov5n's validation on 206 pictures of COCO.
  ///
  /// A later YOLOv5 made them, which smooths and assigns per threshold. The scores are rounded and
  /// tie, and upstream's sort leaves the order of ties open: with a stable sort its mAP50 of the
  /// first file is 0.4770164.
  @Test(arguments: [
    ("coco_results", [0.477014, 0.302275, 0.495849, 0.456978]),
    ("coco_results_rect", [0.492009, 0.308122, 0.497908, 0.471134]),
  ])
  func cocoSubsetEqualsUpstream(_ file: String, _ expected: [Double]) throws {
    let coco = try #require(
      try JSONSerialization.jsonObject(
        with: Data(Shared.bytes("data/coco_val2017_subset/instances_val2017_subset.json")))
        as? [String: Any])
    let results = try #require(
      try JSONSerialization.jsonObject(
        with: unpacked("data/expected/yolov5n_pt/\(file).json.gz")) as? [[String: Any]])
    var pictures: [Int: (detections: [Detection], truths: [GroundTruth])] = [:]
    for entry in try #require(coco["annotations"] as? [[String: Any]]) {
      guard entry["iscrowd"] as? Int == 0 else { continue }
      let (image, classID, box) = try place(entry)
      pictures[image, default: ([], [])].truths.append(GroundTruth(box: box, classID: classID))
    }
    for entry in results {
      let (image, classID, box) = try place(entry)
      let score = Float(try #require(entry["score"] as? Double))
      pictures[image, default: ([], [])].detections.append(
        Detection(box: box, score: score, classID: classID))
    }
    let matching = YOLOMatching(rule: .perThreshold)
    let sorted = pictures.sorted { $0.key < $1.key }.map(\.value)
    let judged = try sorted.flatMap { try matching.judge($0.detections, against: $0.truths) }
    let evaluation = try YOLOEvaluation(
      judged: judged, truthClasses: sorted.flatMap { $0.truths.map(\.classID) },
      matching: matching, rule: .smoothed)
    let found = [evaluation.mAP50, evaluation.mAP, evaluation.precision, evaluation.recall]
    #expect(evaluation.classes.count == 80)
    #expect(agree(found.map { $0 ?? .nan }, expected, .tiedScores), "\(found)")
  }

  private func place(_ entry: [String: Any]) throws -> (image: Int, classID: Int, box: Box) {
    let corners = try #require(entry["bbox"] as? [Double])
    return (
      try #require(entry["image_id"] as? Int), try #require(entry["category_id"] as? Int),
      Box(
        x1: Float(corners[0]), y1: Float(corners[1]), x2: Float(corners[0] + corners[2]),
        y2: Float(corners[1] + corners[3]))
    )
  }

  private func unpacked(_ path: String) throws -> Data {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", Shared.file(path).path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return data
  }

  private func agree(_ found: [Double], _ expected: [Double], _ tolerance: Tolerance) -> Bool {
    found.count == expected.count && zip(found, expected).allSatisfy(tolerance.accepts)
  }
}
