import ApusBoxes
import ApusDatasets
import ApusMetrics
import ApusTestSupport
import ApusToolkit
import Foundation
import Testing

/// Pages of real data; `APUS_WRITE_PAGE` names a folder in which they are left, to be looked at.
@Suite(.enabled(if: Shared.isPresent, Comment(rawValue: Shared.absence)))
struct ValidationPageSampleTests {
  typealias Fixture = ValidationFixture

  static func leave(_ page: ValidationPage, _ name: String) throws {
    guard let folder = ProcessInfo.processInfo.environment["APUS_WRITE_PAGE"] else { return }
    try page.write(to: "\(folder)/\(name).html")
  }

  /// YOLOv5n's detections as upstream recorded them.
  static func recorded() throws -> ResultSet {
    struct Row: Decodable {
      let imageID: Int
      let categoryID: Int
      let bbox: [Double]
      let score: Double

      enum CodingKeys: String, CodingKey {
        case bbox, score
        case imageID = "image_id"
        case categoryID = "category_id"
      }
    }
    let file = Shared.file("data/expected/yolov5n_pt/coco_results.json.gz")
    let unpack = Process()
    unpack.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    unpack.arguments = ["gzip", "-dc", file.path]
    let pipe = Pipe()
    unpack.standardOutput = pipe
    try unpack.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    unpack.waitUntilExit()
    let rows = try JSONDecoder().decode([Row].self, from: data)
    return ResultSet(
      name: "yolov5n.pt",
      detections: rows.map {
        COCODetection(
          imageID: $0.imageID, categoryID: $0.categoryID, x: $0.bbox[0], y: $0.bbox[1],
          width: $0.bbox[2], height: $0.bbox[3], score: $0.score)
      })
  }

  @Test func upstreamsResultsOnPhotographs() throws {
    let path = Shared.file("data/coco_val2017_subset/instances_val2017_subset.json").path
    let data = try EvaluationData(path: path)
    let evaluation = try Evaluation(Self.recorded(), on: data)
    let page = ValidationPage(
      ValidationReport(
        evaluation: evaluation, times: Fixture.times(206), peakMemory: 412 << 20,
        manifest: Fixture.manifest))
    let html = page.html
    let read = try PageReader(html)
    #expect(read.elements.count { $0.name == "img" } == 24)
    #expect(html.utf8.count < 5_000_000, "\(html.utf8.count)")
    #expect(read.text.contains(ValidationPageTests.number(evaluation.coco.summary.ap)))
    try Self.leave(page, "validation-coco")
  }

  /// Three classes and pictures of many small objects, with detections made up from the labels.
  @Test func bloodCells() throws {
    let data = try EvaluationData(
      path: Shared.file("data/bccd/BCCD").path, split: "test")
    var generator = SeededGenerator(seed: 8)
    let classes = data.dataset.classes.map(\.id)
    var found: [COCODetection] = []
    for annotation in data.dataset.annotations {
      let box = annotation.box
      for _ in 0..<Int.random(in: 0...2, using: &generator) {
        let shift = Double.random(in: -0.4...0.4, using: &generator)
        let isMixed = Int.random(in: 0..<12, using: &generator) == 0
        found.append(
          COCODetection(
            imageID: annotation.pictureID,
            categoryID: isMixed
              ? classes.randomElement(using: &generator) ?? annotation.classID
              : annotation.classID, x: box.x + shift * box.width, y: box.y, width: box.width,
            height: box.height,
            score: (1 - abs(shift)) * .random(in: 0.3...1, using: &generator)))
      }
    }
    let evaluation = try Evaluation(ResultSet(name: "cells", detections: found), on: data)
    let page = ValidationPage(
      ValidationReport(
        evaluation: evaluation, times: nil, peakMemory: nil, manifest: Fixture.manifest))
    let read = try PageReader(page.html)
    #expect(read.elements.count { $0.name == "img" } == 24)
    for name in data.classNames.names { #expect(read.text.contains(name)) }
    try Self.leave(page, "validation-bccd")
  }

  @Test func awkwardOnes() throws {
    let hostile = HTMLTests.hostile
    let cases: [(String, ValidationReport)] = [
      ("one", try ValidationPageTests.random(classes: 1, names: ["cell"])),
      ("thousand", try ValidationPageTests.random(classes: 1000, objects: 3000)),
      (
        "hostile",
        try ValidationPageTests.random(
          classes: 3, names: [hostile, String(repeating: "endless", count: 60), "b"])
      ),
      (
        "nothing",
        try Fixture.report(
          Fixture.dataset(
            classes: ["cat", "dog"], pictures: [hostile], objects: [.init(picture: 0, classID: 0)]),
          Fixture.results([]))
      ),
    ]
    for (name, report) in cases {
      let page = ValidationPage(report)
      let read = try PageReader(page.html)
      #expect(read.elements.count { $0.name == "section" } == 10, "\(name)")
      try Self.leave(page, "validation-\(name)")
    }
  }
}
