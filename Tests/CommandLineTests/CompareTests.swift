import ApusTestSupport
import Foundation
import Testing

/// `apus compare` on detections made elsewhere.
@Suite struct CompareTests {
  /// Two classes on three pictures, and two files of results: all found, and only half of it.
  private static func place(_ body: (Workplace) throws -> Void) throws {
    try Workplace.with { place in
      var images: [String] = []
      var annotations: [String] = []
      var good: [String] = []
      var poor: [String] = []
      for image in 1...12 {
        images.append(
          #"{"id": \#(image), "file_name": "\#(image).jpg", "width": 100, "height": 100}"#)
        let category = image % 2 + 1
        let box = "[10, 10, \(20 + image), 30]"
        annotations.append(
          #"{"id": \#(image), "image_id": \#(image), "category_id": \#(category), "bbox": \#(box), "area": 600, "iscrowd": 0}"#
        )
        let detection =
          #"{"image_id": \#(image), "category_id": \#(category), "bbox": \#(box), "score": 0.\#(90 - image)}"#
        good.append(detection)
        if image % 4 < 2 { poor.append(detection) }
      }
      let data = """
        {"images": [\(images.joined(separator: ","))], "annotations": [\(annotations.joined(separator: ","))],
         "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog <b>"}]}
        """
      try place.file("data.json", Array(data.utf8))
      try place.file("good.json", Array("[\(good.joined(separator: ","))]".utf8))
      try place.file("poor.json", Array("[\(poor.joined(separator: ","))]".utf8))
      try body(place)
    }
  }

  private static func json(_ place: Workplace, _ inputs: [String]) throws -> [String: Any] {
    let result = try Apus.run(
      ["compare"] + inputs + ["--data", "data.json", "--json", "--resamples", "200"],
      .init(folder: place.folder))
    try #require(result.status == 0, Comment(rawValue: result.errors))
    return try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
  }

  @Test func theTableNamesWhatIsSure() throws {
    try Self.place { place in
      let result = try Apus.run(
        ["compare", "good.json", "poor.json", "--data", "data.json", "--html", "page.html"],
        .init(folder: place.folder))
      #expect(result.status == 0, Comment(rawValue: result.errors))
      for part in [
        "A  good.json", "B  poor.json", "AP50", "mAP50-95", "missed objects", "B - A", "worse",
        "1000 draws of 12 pictures", "dog <b>", "written to page.html",
      ] {
        #expect(result.output.contains(part), "\(part)")
      }
      let page = try String(
        contentsOf: place.folder.appendingPathComponent("page.html"), encoding: .utf8)
      #expect(page.contains("dog &lt;b&gt;") && !page.contains("<b>dog"))
      #expect(page.contains("default-src &#39;none&#39;"))
    }
  }

  @Test func noPictureIsOverwritten() throws {
    try Self.place { place in
      let picture = place.folder.appendingPathComponent("1.jpg")
      try Data([1, 2, 3]).write(to: picture)
      for command in [
        ["compare", "good.json", "poor.json", "--data", "data.json", "--html", "1.jpg"],
        ["data", "stats", "data.json", "--html", "1.jpg"],
      ] {
        try place.refuses(command, status: 2, says: ["1.jpg", "would be overwritten"])
      }
      let bytes = try Data(contentsOf: picture)
      #expect(bytes == Data([1, 2, 3]))
    }
  }

  @Test func theJSONHasEntriesAndDifferences() throws {
    try Self.place { place in
      let forth = try Self.json(place, ["good.json", "poor.json"])
      let entries = try #require(forth["entries"] as? [[String: Any]])
      #expect(entries.map { $0["label"] as? String } == ["A", "B"])
      let measures = try #require(entries[0]["measures"] as? [String: Any])
      #expect(measures["AP"] as? Double == 1)
      let errors = try #require(entries[1]["errors"] as? [[String: Any]])
      #expect(errors.map { $0["kind"] as? String }.contains("missed"))
      let difference = try #require((forth["differences"] as? [[String: Any]])?.first)
      let ap = try #require(difference["ap"] as? [String: Any])
      #expect(ap["verdict"] as? String == "worse")
      #expect((difference["classes"] as? [Any])?.count == 2)
      #expect(forth["resamples"] as? Int == 200 && forth["seed"] as? Int == 0)

      let back = try Self.json(place, ["poor.json", "good.json"])
      let other = try #require((back["differences"] as? [[String: Any]])?.first)
      let opposite = try #require(other["ap"] as? [String: Any])
      #expect(opposite["verdict"] as? String == "better")
      let estimates = [ap["estimate"] as? Double, opposite["estimate"] as? Double]
      #expect(try #require(estimates[0]) == -(try #require(estimates[1])))
    }
  }

  @Test func theSameFileTwiceDoesNotDiffer() throws {
    try Self.place { place in
      let json = try Self.json(place, ["poor.json", "poor.json"])
      let difference = try #require((json["differences"] as? [[String: Any]])?.first)
      let ap = try #require(difference["ap"] as? [String: Any])
      #expect(ap["low"] as? Double == 0 && ap["high"] as? Double == 0)
      #expect(ap["verdict"] as? String == "undecided")
    }
  }

  @Test func helpHasExamples() throws {
    let help = try Apus.run(["compare", "--help"])
    #expect(help.status == 0)
    for part in ["--data", "--resamples", "--html", "--json", "Examples:"] {
      #expect(help.output.contains(part), "\(part)")
    }
  }

  @Test func whatMakesNoSenseIsRefused() throws {
    try Self.place { place in
      let data = ["--data", "data.json"]
      for (arguments, parts) in [
        (["good.json"] + data, ["2 to 26"]),
        (["good.json", "poor.json"], ["--data"]),
        (["good.json", "poor.json", "--resamples", "5"] + data, ["--resamples", "100"]),
        (["good.json", "poor.json", "--rect"] + data, ["--rect", "models"]),
        (["good.json", "poor.json", "--threads", "0"] + data, ["--threads"]),
        (["good.json", "poor.json", "--split", "val"] + data, ["split 'val'"]),
        (["good.json", "poor.json", "--html", "good.json"] + data, ["overwritten"]),
      ] {
        try place.refuses(["compare"] + arguments, status: 2, says: parts)
      }
    }
  }

  @Test func badFilesAreNamed() throws {
    try Self.place { place in
      let entry = #"{"image_id": 99, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}"#
      try place.file("unknown.json", Array("[\(entry)]".utf8))
      try place.file(
        "nan.json",
        Array(#"[{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": NaN}]"#.utf8))
      try place.file("broken.json", Array("[".utf8))
      for (name, parts) in [
        ("unknown.json", ["'unknown.json'", "99"]), ("nan.json", ["'nan.json'", "score"]),
        ("broken.json", ["'broken.json'"]), ("absent.json", ["'absent.json'"]),
        ("absent.pt", ["absent.pt"]),
      ] {
        try place.refuses(
          ["compare", "good.json", name, "--data", "data.json", "--html", "page.html"],
          says: parts)
        let page = place.folder.appendingPathComponent("page.html").path
        #expect(!FileManager.default.fileExists(atPath: page))
      }
      try place.refuses(
        ["compare", "good.json", "poor.json", "--data", "absent.json"], says: ["absent.json"])
    }
  }
}
