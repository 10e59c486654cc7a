import Foundation
import Testing

/// What `apus val` writes, and that it is read back the same.
@Suite struct ValOutputTests {
  /// What a run prints with `--json`.
  private func report(_ place: Workplace, _ arguments: [String]) throws -> [String: Any] {
    let result = try place.run(["val"] + arguments + ["--json"])
    try #require(result.status == 0, "\(result.errors)")
    return try object(result)
  }

  @Test func theFolderHoldsTwoFilesAndNothingElseIsWritten() throws {
    try ValFixture.with { place in
      let before = Set(try place.contents().keys)
      let printed = try report(
        place, ["--results", "found.json", "set.json", "--output", "deep/report"])
      let written = try place.contents()
      #expect(
        Set(written.keys).subtracting(before)
          == ["deep", "deep/report", "deep/report/report.json", "deep/report/report.html"])
      let file = try #require(
        JSONSerialization.jsonObject(with: written["deep/report/report.json"] ?? Data())
          as? NSDictionary)
      #expect(file == printed as NSDictionary)
      let page = String(decoding: written["deep/report/report.html"] ?? Data(), as: UTF8.self)
      for words in ["<!DOCTYPE html>", "found.json", "set.json", "c1", "</html>"] {
        #expect(page.lowercased().contains(words.lowercased()), "\(words)")
      }
      for words in ["src=\"http", "href=\"http", "<script src", "<link"] {
        #expect(!page.contains(words), "\(words)")
      }
      // Once more: the same two files, and the text says where they are.
      let again = try place.run([
        "val", "--results", "found.json", "set.json", "--output", "deep/report",
      ])
      #expect(again.status == 0 && again.output.hasSuffix("written to deep/report\n"))
      #expect(Set(try place.contents().keys) == Set(written.keys))
    }
  }

  @Test func namesOfOneLetterWillDo() throws {
    try ValFixture.with(network: true) { place in
      let result = try place.run([
        "val", "--results", "found.json", "set.json", "--output", "r", "--save-results", "x",
        "--save-thresholds", "y",
      ])
      #expect(result.status == 0, "\(result.errors)")
      let made = try place.run(["simplify", "net.onnx", "n"])
      #expect(made.status == 0, "\(made.errors)")
      let files = Set(try place.contents().keys)
      #expect(files.isSuperset(of: ["n", "r/report.json", "r/report.html", "x", "y"]))
    }
  }

  @Test func savedResultsAreJudgedTheSame() throws {
    try ValFixture.with(network: true) { place in
      let first = try report(
        place, ["net.onnx", "set.json", "--conf", "0.0005", "--save-results", "out.json"])
      #expect(first["detections"] as? Int ?? 0 > 100)
      let entries = try #require(
        JSONSerialization.jsonObject(with: try place.contents()["out.json"] ?? Data())
          as? [[String: Any]])
      #expect(entries.count == first["detections"] as? Int)
      #expect(
        entries.allSatisfy { Set($0.keys) == ["image_id", "category_id", "bbox", "score"] })
      let second = try report(
        place, ["--results", "out.json", "set.json", "--save-results", "again.json"])
      for key in [
        "coco", "yolo", "difference", "errors", "classes", "curves", "confusion", "detections",
        "data",
      ] {
        let (one, two) = (first[key] as? NSObject, second[key] as? NSObject)
        #expect(one != nil && one == two, "\(key)")
      }
      let files = try place.contents()
      #expect(files["again.json"] == files["out.json"])
    }
  }

  /// The file of thresholds does what the same thresholds do as `--conf`.
  @Test func savedThresholdsAreTaken() throws {
    try ValFixture.with(network: true) { place in
      let printed = try report(
        place, ["--results", "found.json", "set.json", "--save-thresholds", "best.json"])
      let file = try #require(
        JSONSerialization.jsonObject(with: try place.contents()["best.json"] ?? Data())
          as? [String: Any])
      let thresholds = try #require(file["classes"] as? [String: Double])
      #expect(Set(thresholds.keys) == ["c1", "c2"])
      #expect(file["base"] as? Double == 0.25 && file["goal"] as? String == "f1")
      #expect(file["data"] as? String == "set.json" && file["model"] == nil)
      let classes = try #require(printed["classes"] as? [[String: Any]])
      for (name, lower, upper) in [("c1", 0.001, 0.004), ("c2", 0.0015, 0.002)] {
        // All that is right and nothing that is wrong exceeds it.
        let threshold = try #require(thresholds[name])
        #expect(threshold >= lower && threshold < upper, "\(name): \(threshold)")
        let stated = classes.first { $0["name"] as? String == name }?["bestConfidence"] as? Double
        #expect(stated.map(Float.init) == Float(threshold))
      }
      func detected(_ options: [String]) throws -> Apus.Result {
        try place.run(["detect", "net.onnx", "1.bmp", "--no-pictures", "--json"] + options)
      }
      let conf = "0.25," + thresholds.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
      let (byFile, byOption) = (
        try detected(["--thresholds", "best.json"]), try detected(["--conf", conf])
      )
      #expect(byFile.status == 0 && byFile.output == byOption.output, "\(byFile.errors)")
      let found = try #require(
        JSONSerialization.jsonObject(with: Data(byFile.output.utf8)) as? [[String: Any]])
      #expect(!found.isEmpty)
      #expect(try detected(["--conf", "0.25"]).output != byFile.output)
    }
  }

  /// Thresholds chosen with a model name its weights, and are taken by it without a word.
  @Test func thresholdsKnowTheirModel() throws {
    try ValFixture.with(network: true) { place in
      for goal in ["f1", "precision=0.9", "recall=0.5"] {
        _ = try report(
          place,
          ["net.onnx", "set.json", "--conf", "0.0005", "--goal", goal]
            + ["--save-thresholds", "best.json"])
        let text = String(decoding: try place.contents()["best.json"] ?? Data(), as: UTF8.self)
        #expect(text.contains("\"goal\": \"\(goal)\"") && text.contains("\"model\""), "\(text)")
        let result = try place.run([
          "detect", "net.onnx", "1.bmp", "--no-pictures", "--thresholds", "best.json",
        ])
        #expect(result.status == 0 && !result.errors.contains("other weights"), "\(result.errors)")
      }
    }
  }

  /// A line for every class with objects, with the numbers of the JSON.
  @Test func classesHaveLines() throws {
    try ValFixture.with { place in
      let arguments = ["--results", "found.json", "set.json"]
      let classes = try #require(try report(place, arguments)["classes"] as? [[String: Any]])
      func rows(_ options: [String]) throws -> [String: [String]] {
        let text = try place.run(["val"] + arguments + options).output
        let cells = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        return Dictionary(
          cells.filter { $0.count == 7 && ["c1", "c2", "c3"].contains($0[0]) }.map { ($0[0], $0) },
          uniquingKeysWith: { first, _ in first })
      }
      #expect(try rows([]).isEmpty)
      let lines = try rows(["--per-class"])
      #expect(Set(lines.keys) == ["c1", "c2"])
      #expect(lines["c1"]?[1...2] == ["2", "2"] && lines["c2"]?[1...2] == ["1", "1"])
      for entry in classes.prefix(2) {
        let numbers = ["precision", "recall", "mAP50", "mAP"].map {
          String(format: "%.4f", entry[$0] as? Double ?? -1)
        }
        #expect(lines[entry["name"] as? String ?? ""]?[3...] == numbers[...])
      }
    }
  }

  /// Two of four pictures are the first and the third.
  @Test func picturesAreLimitedAtEqualDistances() throws {
    try ValFixture.with(network: true) { place in
      let model = ["net.onnx", "set.json", "--conf", "0.0005", "--save-results", "out.json"]
      for (limit, ids, objects) in [
        ("2", Set([1, 3]), 2), ("1", [1], 1), ("3", [1, 2, 3], 3), ("9", [1, 2, 3, 4], 3),
      ] {
        let printed = try report(place, model + ["--limit", limit])
        let data = try #require(printed["data"] as? [String: Any])
        #expect(data["pictures"] as? Int == ids.count && data["objects"] as? Int == objects)
        let entries = try #require(
          JSONSerialization.jsonObject(with: try place.contents()["out.json"] ?? Data())
            as? [[String: Any]])
        #expect(Set(entries.compactMap { $0["image_id"] as? Int }) == ids, "--limit \(limit)")
      }
    }
  }

  /// Every option that shapes a run stands in its manifest, given or not.
  @Test func optionsAreSpelledOut() throws {
    try ValFixture.with(network: true) { place in
      let manifest = try #require(
        try report(place, ["net.onnx", "set.json", "--threads", "1"])["manifest"]
          as? [String: Any])
      #expect(
        manifest["options"] as? [String: String] == [
          "split": "all", "limit": "none", "image-size": "64x64", "rect": "false", "batch": "1",
          "preprocess": "own", "conf": "0.001", "iou": "0.6", "max-det": "300",
          "agnostic": "false", "nms": "false", "threads": "1", "heads": "own", "half": "false",
        ])
      #expect(
        manifest["command"] as? [String] == [
          "apus", "val", "net.onnx", "set.json", "--threads", "1", "--json",
        ])
    }
  }

  /// The network takes two pictures at once, of which the set has three: 1, 2 and 3, the last alone.
  @Test func aFixedBatchFindsWhatSinglePicturesShow() throws {
    try Workplace.with { place in
      try place.yolo()
      try place.text("names.txt", "cat\ndog\ncow\n")
      try place.file("one.onnx", Network.detector())
      try place.file("two.onnx", Network.detector(batch: 2))
      try place.text(
        "all.yaml", "path: set\ntrain: images/train\nval: images\nnames: [cat, dog]\n")
      func saved(_ model: String, _ options: [String] = []) throws -> Data? {
        let printed = try report(
          place,
          [model, "all.yaml", "--names", "names.txt", "--save-results", "out.json"] + options)
        #expect((printed["data"] as? [String: Any])?["pictures"] as? Int == 3)
        #expect(printed["detections"] as? Int ?? 0 > 0)
        return try place.contents()["out.json"]
      }
      let single = try saved("one.onnx")
      #expect(try saved("two.onnx") == single)
      #expect(try saved("two.onnx", ["--batch", "2"]) == single)
      try place.refuses(
        ["val", "two.onnx", "all.yaml", "--names", "names.txt", "--batch", "3"], status: 2,
        says: ["two.onnx", "batches of 2"])
    }
  }
}
