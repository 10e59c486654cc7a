import Foundation
import Testing

/// `apus data stats` as a user runs it.
@Suite struct DataStatsTests {
  @Test func helpHasExamples() throws {
    for command in ["stats", "convert"] {
      let result = try Apus.run(["data", command, "--help"])
      #expect(result.status == 0)
      for word in ["Examples:", "--json", "apus data \(command)"] {
        #expect(result.output.contains(word), "\(word)")
      }
    }
    #expect(try Apus.run(["data", "--help"]).output.contains("stats"))
  }

  @Test func tableJSONAndPageAgree() throws {
    try Workplace.with { place in
      try place.yolo()
      let text = try place.run(["data", "stats", "set", "--html", "s.html"])
      #expect(text.status == 0, "\(text.errors)")
      #expect(text.output.contains("3 pictures, 3 objects, 2 classes, 1 backgrounds"))
      #expect(text.output.contains("most often 40x30 (3)"))
      let json = try object(try place.run(["data", "stats", "set/data.yaml", "--json"]))
      #expect(json["format"] as? String == "yolo" && json["faultCount"] as? Int == 0)
      let statistics = try #require(json["statistics"] as? [String: Any])
      let objects = try #require(statistics["objects"] as? [String: Any])
      #expect(objects["count"] as? Int == 3)
      // 40 x 30 fills 640 x 640 sixteenfold: widths of 320, 64 and 160.
      let width = try #require(objects["width"] as? [String: Any])
      #expect(width["p50"] as? Double == 160 && width["greatest"] as? Double == 320)
      #expect(
        (statistics["classes"] as? [[String: Any]])?.map { $0["name"] as? String } == [
          "cat", "dog",
        ])
      let page = try String(
        contentsOf: place.folder.appendingPathComponent("s.html"), encoding: .utf8)
      #expect(page.contains("<h2>Advice</h2>") && page.contains("dog"))
    }
  }

  @Test func splitAndImageSizeAreUsed() throws {
    try Workplace.with { place in
      try place.yolo()
      let json = try object(
        try place.run([
          "data", "stats", "set", "--split", "val", "--image-size", "60x40", "--json",
        ]))
      let statistics = try #require(json["statistics"] as? [String: Any])
      let width = try #require(
        (statistics["objects"] as? [String: Any])?["width"] as? [String: Any])
      // A quarter of 40 pixels, at a factor of 1.
      #expect(width["p50"] as? Double == 10)
      #expect((statistics["input"] as? [String: Int]) == ["height": 60, "width": 40])
    }
  }

  @Test func faultyLabelsAreLeftOutAndCounted() throws {
    try Workplace.with { place in
      try place.yolo()
      try place.text("set/labels/train/2.txt", "0 .5 .5\n7 .5 .5 .1 .1\n0 .5 .5 .1 .1\n")
      let result = try place.run(["data", "stats", "set", "--html", "s.html"])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("2 faulty labels or pictures were left out"))
      #expect(result.output.contains("2.txt, line 1") && result.output.contains("4 objects"))
      let page = try String(
        contentsOf: place.folder.appendingPathComponent("s.html"), encoding: .utf8)
      #expect(page.contains("2 faulty labels"))
    }
  }

  @Test func picturesWithoutLabelsHaveAdviceOnly() throws {
    try Workplace.with { place in
      try place.yolo()
      try FileManager.default.removeItem(at: place.folder.appendingPathComponent("set/labels"))
      let result = try place.run(["data", "stats", "set"])
      #expect(result.status == 0 && result.output.contains("None of 3 pictures has an object"))
      #expect(try place.run(["data", "stats", "set", "--json"]).output.contains("\"act\""))
    }
  }

  @Test func badInputIsOneClearError() throws {
    try Workplace.with { place in
      try place.yolo()
      try place.coco()
      try place.text("list.json", "[1, 2]")
      try place.text("empty.json", "")
      try place.text("none.json", #"{"images": [], "annotations": [], "categories": []}"#)
      try place.text(
        "flat.json",
        #"{"images": [{"id": 1, "file_name": "a", "width": 0, "height": 3}], "annotations": [], "categories": []}"#
      )
      try FileManager.default.createDirectory(
        at: place.folder.appendingPathComponent("void"), withIntermediateDirectories: true)
      func refuses(_ rest: [String], status: Int32 = 1, says words: [String]) throws {
        try place.refuses(["data", "stats"] + rest, status: status, says: words)
      }
      try refuses(["missing"], says: ["missing"])
      try refuses([""], status: 2, says: ["no path"])
      try refuses(["void"], says: ["void", "an empty folder"])
      try refuses(["list.json"], says: ["list.json", "an object with images"])
      try refuses(["empty.json"], says: ["empty.json"])
      try refuses(["none.json"], says: ["none.json", "no picture"])
      try refuses(["flat.json"], says: ["no picture", "width and height"])
      try refuses(["set.json", "--format", "voc"], says: ["set.json"])
      try refuses(["set", "--format", "png"], status: 2, says: ["--format"])
      try refuses(["set", "--split", "tests"], status: 2, says: ["'tests'", "train, val"])
      try refuses(["set.json", "--split", "val"], status: 2, says: ["leave --split out"])
      try refuses(["set", "--image-size", "0"], status: 2, says: ["--image-size"])
      try refuses(["set.json", "--html", "set.json"], status: 2, says: ["would be overwritten"])
      try refuses(["set", "--html", "no/such/s.html"], says: ["no/such"])
    }
  }
}
