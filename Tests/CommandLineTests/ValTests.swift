import Foundation
import Testing

/// `apus val` on a data set of three pictures, with results made elsewhere and with a small network.
@Suite struct ValTests {
  private static let entry = #"{"image_id":1,"category_id":1,"bbox":[10,20,30,40],"score":0.9}"#

  /// A COCO data set `set.json` of three pictures of 100 x 80 with two objects, the network `net.onnx`, and
  /// `found.json` with one right detection.
  private func with(_ body: (Workplace) throws -> Void) throws {
    try Workplace.with { place in
      for name in ["1.bmp", "2.bmp", "3.bmp"] {
        try place.file(name, Picture.bmp(width: 100, height: 80))
      }
      try place.file("set.json", Array(Self.set().utf8))
      try place.file("net.onnx", Network.detector())
      try place.file("found.json", Array("[\(Self.entry)]".utf8))
      try body(place)
    }
  }

  private static func set(
    annotations: String =
      #"{"id":1,"image_id":1,"category_id":1,"bbox":[10,20,30,40],"area":1200,"iscrowd":0},"#
      + #"{"id":2,"image_id":2,"category_id":2,"bbox":[10,20,50,50],"area":2500,"iscrowd":0}"#,
    names: [String] = ["1.bmp", "2.bmp", "3.bmp"], categories: Int = 3
  ) -> String {
    let images = names.enumerated().map {
      #"{"id":\#($0.offset + 1),"file_name":"\#($0.element)","width":100,"height":80}"#
    }
    let classes = (1...categories).map { #"{"id":\#($0),"name":"c\#($0)"}"# }
    return #"{"images":[\#(images.joined(separator: ","))],"annotations":[\#(annotations)],"#
      + #""categories":[\#(classes.joined(separator: ","))]}"#
  }

  private func json(_ text: String) throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    return try #require(value as? [String: Any])
  }

  @Test func helpShowsExamples() throws {
    let result = try Apus.run(["val", "--help"])
    #expect(result.status == 0)
    for word in ["Examples:", "--json", "--results", "i_time"] {
      #expect(result.output.contains(word))
    }
  }

  @Test func resultsAreMeasured() throws {
    try with { place in
      let result = try place.run(["val", "--results", "found.json", "set.json", "--json"])
      #expect(result.status == 0, "\(result.errors)")
      let report = try json(result.output)
      let coco = try #require(report["coco"] as? [String: Any])
      // One class is found, one is not, one has no object.
      #expect(abs((coco["AP"] as? Double ?? 0) - 0.5) < 1e-9)
      #expect(coco["APSmall"] is NSNull)
      #expect(report["detections"] as? Int == 1)
      #expect(report["iTime"] == nil)
      let manifest = try #require(report["manifest"] as? [String: Any])
      let parts = try #require(manifest["parts"] as? [[String: Any]])
      #expect(parts.map { $0["role"] as? String } == ["results", "data"])
      #expect(parts.allSatisfy { ($0["sha256"] as? String)?.count == 64 })
      let text = try place.run(["val", "--results", "found.json", "set.json", "--per-class"]).output
      #expect(text.contains("area=   all | maxDets=100 ] = 0.500"))
      #expect(text.contains("area= small | maxDets=100 ] = no such object"))
      #expect(text.contains("Labels"))
      #expect(!text.lowercased().contains("nan"))
    }
  }

  /// No detection: everything is 0, which is said, and nothing is NaN.
  @Test func noDetectionsAreZeroAndSaid() throws {
    try with { place in
      try place.file("none.json", Array("[]".utf8))
      let result = try place.run(["val", "--results", "none.json", "set.json", "--json"])
      #expect(result.status == 0, "\(result.errors)")
      let report = try json(result.output)
      let yolo = try #require(report["yolo"] as? [String: Any])
      for key in ["precision", "recall", "mAP50", "mAP"] { #expect(yolo[key] as? Double == 0) }
      let notes = try #require(report["notes"] as? [String])
      #expect(notes.contains { $0.contains("no detection at all") })
    }
  }

  @Test func oneClassIsNoSpecialCase() throws {
    try with { place in
      let annotation = #"{"id":1,"image_id":1,"category_id":1,"bbox":[10,20,30,40],"area":1200}"#
      try place.file("one.json", Array(Self.set(annotations: annotation, categories: 1).utf8))
      let result = try place.run(["val", "--results", "found.json", "one.json", "--json"])
      #expect(result.status == 0, "\(result.errors)")
      let coco = try #require(try json(result.output)["coco"] as? [String: Any])
      #expect(abs((coco["AP"] as? Double ?? 0) - 1) < 1e-9)
    }
  }

  /// The network takes pictures of 64 x 64 and carries three classes without names.
  @Test func aModelIsMeasuredAndWritesWhatWasAsked() throws {
    try with { place in
      let result = try place.run([
        "val", "net.onnx", "set.json", "--json", "--save-results", "out.json", "--output", "report",
        "--save-thresholds", "best.json",
      ])
      #expect(result.status == 0, "\(result.errors)")
      let report = try json(result.output)
      let times = try #require(report["milliseconds"] as? [String: [String: Double]])
      #expect(Set(times.keys) == ["decode", "preprocess", "inference", "postprocess"])
      #expect(times.values.allSatisfy { Set($0.keys) == ["mean", "p50", "p90", "p99"] })
      let iTime = try #require(report["iTime"] as? Double)
      let mAP50 = try #require((report["yolo"] as? [String: Any])?["mAP50"] as? Double)
      let score = try #require(report["score"] as? Double)
      #expect(abs(score - (mAP50 * 100 + (1000 - iTime) * 0.1)) < 1e-9)
      #expect((report["peakMemoryBytes"] as? Int ?? 0) > 1 << 20)
      let files = try place.contents()
      for name in ["out.json", "best.json", "report/report.json"] { #expect(files[name] != nil) }
      // What was saved is judged the same.
      let again = try place.run(["val", "--results", "out.json", "set.json", "--json"])
      #expect(again.status == 0, "\(again.errors)")
      let (first, second) = (
        report["coco"] as? NSDictionary, try json(again.output)["coco"] as? NSDictionary
      )
      #expect(first != nil && first == second)
    }
  }

  @Test func badResultsAreRefused() throws {
    try with { place in
      for (text, words) in [
        ("", ["bad.json", "is empty"]), ("{}", ["bad.json", "list of results"]),
        ("[\(Self.entry)", ["bad.json", "byte"]),
        (
          "[" + Self.entry.replacingOccurrences(of: "0.9", with: "NaN") + "]", ["entry 0", "score"]
        ),
        (
          "[" + Self.entry.replacingOccurrences(of: #""image_id":1"#, with: #""image_id":44"#)
            + "]",
          ["entry 0", "image 44", "set.json"]
        ),
        (
          "[" + Self.entry.replacingOccurrences(of: #""category_id":1"#, with: #""category_id":9"#)
            + "]", ["entry 0", "category 9"]
        ),
      ] {
        try place.file("bad.json", Array(text.utf8))
        try place.refuses(["val", "--results", "bad.json", "set.json"], says: words)
      }
      try place.refuses(["val", "--results", "absent.json", "set.json"], says: ["absent.json"])
      try place.refuses(
        ["val", "--results", "found.json", "set.json", "--save-results", "found.json"], status: 2,
        says: ["would be overwritten"])
    }
  }

  @Test func badDataIsRefused() throws {
    try with { place in
      try place.file("unlabelled.json", Array(Self.set(annotations: "").utf8))
      try place.refuses(
        ["val", "--results", "found.json", "unlabelled.json"], says: ["unlabelled.json", "object"])
      try place.file("lost.json", Array(Self.set(names: ["1.bmp", "2.bmp", "gone.bmp"]).utf8))
      try place.refuses(["val", "net.onnx", "lost.json"], says: ["gone.bmp"])
      try place.file("3.bmp", Array(Picture.bmp(width: 100, height: 80).prefix(60)))
      try place.refuses(["val", "net.onnx", "set.json"], says: ["3.bmp"])
      try place.file("3.bmp", Picture.bmp(width: 80, height: 100))
      try place.refuses(["val", "net.onnx", "set.json"], says: ["3.bmp", "80x100", "100x80"])
      try place.file("two.json", Array(Self.set(categories: 2).utf8))
      try place.refuses(["val", "net.onnx", "two.json"], says: ["no class names", "--names"])
      try place.refuses(["val", "--results", "found.json", "absent.json"], says: ["absent.json"])
    }
  }

  @Test(arguments: [
    ["val"], ["val", "a.pt"], ["val", "a.pt", "b.yaml", "c"],
    ["val", "--results", "a.json", "b.pt", "c.yaml"],
    ["val", "--results", "a.json", "b.yaml", "--rect"], ["val", "a.pt", "b.yaml", "--batch", "0"],
    ["val", "a.pt", "b.yaml", "--iou", "2"], ["val", "a.pt", "b.yaml", "--category-ids", "coco"],
    ["val", "--results", "a.json", "b.yaml", "--category-ids", "other"],
    ["val", "a.pt", "b.yaml", "--goal", "precision"],
    ["val", "a.pt", "b.yaml", "--goal", "recall=2"],
    ["val", "a.pt", "b.yaml", "--goal", "recall=0.5"],
  ])
  func aCommandLineThatMakesNoSenseEndsWithTwo(_ arguments: [String]) throws {
    let result = try Apus.run(arguments)
    #expect(result.status == 2, "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test func aFixedBatchIsKept() throws {
    try with { place in
      try place.refuses(
        ["val", "net.onnx", "set.json", "--batch", "4"], status: 2,
        says: ["batches of 1", "--batch"])
    }
  }
}
