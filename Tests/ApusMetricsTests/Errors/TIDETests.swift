import ApusMetrics
import ApusTestSupport
import Foundation
import Testing

/// Kinds of mistakes beside an installed tidecv; `Tools/conformance/tide_errors.py` makes the numbers.
struct TIDETests {
  /// What tidecv found of one case; gains and AP50 in percent points.
  struct Recorded: Decodable {
    struct Detection: Decodable {
      var kind: String?
      var isIgnored: Bool

      init(from decoder: any Decoder) throws {
        var pair = try decoder.unkeyedContainer()
        kind = try pair.decodeIfPresent(String.self)
        isIgnored = try pair.decode(Bool.self)
      }
    }

    var ap50: Double?
    var counts: [String: Int]?
    var gains: [String: Double?]?
    var falsePositiveGain: Double?
    var falseNegativeGain: Double?
    var detections: [Detection]?
    var missed: [Int]?
  }

  @Test(
    .enabled(
      if: PycocotoolsTests.folder != nil, "set APUS_COCO_CASES to a folder of coco_metrics.py"))
  func equalsInstalledTidecv() throws {
    let folder = URL(fileURLWithPath: try #require(PycocotoolsTests.folder))
    let data = try Data(contentsOf: folder.appendingPathComponent("cases.json"))
    let names = try #require(try JSONSerialization.jsonObject(with: data) as? [String])
    var compared = 0
    for name in names {
      let part = { (suffix: String) in
        try Data(contentsOf: folder.appendingPathComponent(name + suffix))
      }
      guard let file = try? part(".errors.json") else { continue }
      let recorded = try JSONDecoder().decode(Recorded.self, from: file)
      let set = try COCOSet(annotations: part(".annotations.json"), results: part(".results.json"))
      try Self.compare(set.errors(), recorded, name)
      compared += 1
    }
    #expect(compared > names.count / 2)
    print("tidecv: \(compared) cases")
  }

  /// Compares everything with a case's numbers.
  private static func compare(_ errors: DetectionErrors, _ recorded: Recorded, _ name: String)
    throws
  {
    expectEqual(errors.ap50, recorded.ap50, "\(name), AP50")
    guard recorded.ap50 != nil else { return }
    expectEqual(errors.falsePositiveGain, recorded.falsePositiveGain, "\(name), false positives")
    expectEqual(errors.falseNegativeGain, recorded.falseNegativeGain, "\(name), false negatives")
    for share in errors.kinds {
      let gain = try #require(recorded.gains?[share.kind.rawValue])
      expectEqual(share.apGain, gain, "\(name), \(share.kind)")
      #expect(share.count == recorded.counts?[share.kind.rawValue], "\(name), \(share.kind)")
    }
    #expect(errors.missed == recorded.missed, "\(name)")
    let detections = try #require(recorded.detections)
    #expect(errors.verdicts.count == detections.count)
    for (index, (verdict, detection)) in zip(errors.verdicts, detections).enumerated() {
      let expected: DetectionErrors.Verdict? = detection.kind.flatMap { name in
        guard let kind = DetectionErrors.Kind(rawValue: name) else { return .correct }
        return detection.isIgnored ? .inCrowd(kind) : .mistake(kind)
      }
      #expect(verdict == expected, "\(name), detection \(index)")
    }
  }

  private static func expectEqual(_ found: Double?, _ percent: Double?, _ what: String) {
    guard let found, let percent else {
      #expect(found == nil && percent == nil, "\(what): \(String(describing: found))")
      return
    }
    // A gain is a difference of two numbers near 100.
    #expect(abs(found * 100 - percent) <= 1e-10, "\(what): \(found * 100), \(percent)")
  }
}
