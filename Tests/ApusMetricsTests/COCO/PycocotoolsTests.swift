import ApusMetrics
import ApusTestSupport
import Foundation
import Testing

/// Evaluation beside an installed pycocotools; `Tools/conformance/coco_metrics.py` makes the cases.
struct PycocotoolsTests {
  static let folder = ProcessInfo.processInfo.environment["APUS_COCO_CASES"]

  @Test(.enabled(if: folder != nil, "set APUS_COCO_CASES to a folder of coco_metrics.py"))
  func equalsInstalledPycocotools() throws {
    let folder = URL(fileURLWithPath: try #require(Self.folder))
    let data = try Data(contentsOf: folder.appendingPathComponent("cases.json"))
    let names = try #require(try JSONSerialization.jsonObject(with: data) as? [String])
    var greatest = 0.0
    for name in names {
      let part = { (suffix: String) in
        try Data(contentsOf: folder.appendingPathComponent(name + suffix))
      }
      let set = try COCOSet(annotations: part(".annotations.json"), results: part(".results.json"))
      let evaluation = try set.evaluated()
      var found = evaluation.summary.numbers
      for result in evaluation.classes {
        found += result.precisions
        found += result.scores
        found += result.recalls
      }
      let expected = Self.doubles(try part(".expected"))
      #expect(found.count == expected.count, "\(name)")
      let difference = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
      #expect(difference <= 1e-12, "\(name) differs by \(difference)")
      greatest = max(greatest, difference)
    }
    #expect(!names.isEmpty)
    print("pycocotools: \(names.count) cases, greatest difference \(greatest)")
  }

  /// The little-endian doubles of a file.
  static func doubles(_ data: Data) -> [Double] {
    let bytes = [UInt8](data)
    return stride(from: 0, to: bytes.count - 7, by: 8).map { start in
      Double(
        bitPattern: (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) })
    }
  }
}
