import ApusMetrics
import ApusTestSupport
import Foundation
import Testing

/// Speed beside pycocotools and faster-coco-eval; `Tools/conformance/coco_speed.py` takes theirs.
struct COCOSpeedTests {
  static let folder = ProcessInfo.processInfo.environment["APUS_COCO_SPEED"]

  @Test(.enabled(if: folder != nil, "set APUS_COCO_SPEED to a folder of coco_speed.py"))
  func isFasterThanBoth() throws {
    let folder = URL(fileURLWithPath: try #require(Self.folder))
    let data = try Data(contentsOf: folder.appendingPathComponent("seconds.json"))
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let seconds = try #require(json["seconds"] as? [String: Double])
    let numbers = try #require(json["numbers"] as? [Double])
    let objects = try Self.rows(of: 8, folder.appendingPathComponent("objects")).map { row in
      COCOGroundTruth(
        imageID: Int(row[0]), categoryID: Int(row[1]), x: row[2], y: row[3], width: row[4],
        height: row[5], area: row[6], isCrowd: row[7] == 1)
    }
    let detections = try Self.rows(of: 7, folder.appendingPathComponent("detections")).map { row in
      COCODetection(
        imageID: Int(row[0]), categoryID: Int(row[1]), x: row[2], y: row[3], width: row[4],
        height: row[5], score: row[6])
    }
    var found: [Double] = []
    let times = try (0..<5).map { _ in
      try ContinuousClock().measure {
        found = try COCOEvaluation(
          groundTruth: objects, detections: detections, images: Array(1...5000),
          categories: Array(1...80)
        ).summary.numbers
      }
    }
    let slowest = try #require(times.max())
    #expect(found.count == numbers.count)
    #expect(zip(found, numbers).allSatisfy { Tolerance.reorderedDoubles.accepts($0, $1) })
    let pycocotools = Duration.seconds(try #require(seconds["pycocotools"]))
    let faster = Duration.seconds(try #require(seconds["faster-coco-eval"]))
    #expect(slowest * 10 < pycocotools && slowest < faster)
    print("Apus: \(times), pycocotools / slowest: \(pycocotools / slowest), ", terminator: "")
    print("faster-coco-eval / slowest: \(faster / slowest)")
    let mistakes = try ContinuousClock().measure {
      _ = try DetectionErrors(
        groundTruth: objects, detections: detections, images: Array(1...5000),
        categories: Array(1...80))
    }
    print("kinds of mistakes: \(mistakes)")
  }

  /// The rows of a file of little-endian doubles.
  private static func rows(of width: Int, _ file: URL) throws -> [[Double]] {
    let numbers = PycocotoolsTests.doubles(try Data(contentsOf: file))
    return stride(from: 0, to: numbers.count, by: width).map { Array(numbers[$0..<$0 + width]) }
  }
}
