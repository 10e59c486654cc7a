import ApusTestSupport
import Foundation
import Testing

/// `apus anchors` on small models and data sets.
@Suite struct AnchorsTests {
  /// Row 1 of the RK3588 report (cells) and row 2 (pixels).
  static let row1 =
    "0.54345703125,0.58251953125,0.8525390625,0.88818359375,1.353515625,1.318359375 | "
    + "1.0859375,1.0380859375,1.75390625,1.705078125,2.38671875,2.462890625 | "
    + "1.7421875,1.6787109375,2.578125,2.458984375,3.904296875,3.75"
  static let row2 =
    "4.34765625,4.66015625,6.8203125,7.10546875,10.828125,10.546875,17.375,16.609375,28.0625,27.28125,"
    + "38.1875,39.40625,55.75,53.71875,82.5,78.6875,124.9375,120.0"

  /// The report's row 1 times the strides.
  static let given = zip(row1.components(separatedBy: " | "), [8.0, 16, 32])
    .map { row, stride in
      row.split(separator: ",").map { "\((Double($0) ?? 0) * stride)" }.joined(separator: ",")
    }.joined(separator: "/")

  static func model(
    _ place: Workplace, _ name: String = "net.onnx", network: String = "yolov5n",
    anchors: String? = nil
  ) throws {
    try place.file("names.txt", Array("cat\ndog\n".utf8))
    let result = try place.run(
      ["new", network, "--classes", "names.txt", "--image-size", "64", "-o", name]
        + (anchors.map { ["--anchors", $0] } ?? []))
    try #require(result.status == 0, "\(result.errors)")
  }

  /// Boxes of many sizes.
  static let boxes: [[Double]] = (0..<60).map { index in
    let width = 4 + 4 * Double(index * 37 % 83)
    let height = 4 + 5 * Double(index * 53 % 71)
    return [0, 0, width, height]
  }

  /// COCO annotations of boxes in pictures of 640 by 480.
  static func data(_ place: Workplace, boxes: [[Double]] = boxes) throws {
    let images = (1...20).map {
      ["id": $0, "file_name": "\($0).jpg", "width": 640, "height": 480] as [String: Any]
    }
    let annotations = boxes.enumerated().map { index, box in
      [
        "id": index + 1, "image_id": index % 20 + 1, "category_id": index % 2 + 1, "bbox": box,
        "area": box[2] * box[3], "iscrowd": 0,
      ] as [String: Any]
    }
    let json: [String: Any] = [
      "images": images, "annotations": annotations,
      "categories": [["id": 1, "name": "cat"], ["id": 2, "name": "dog"]],
    ]
    try place.file("data.json", [UInt8](try JSONSerialization.data(withJSONObject: json)))
  }

  static func json(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func theReportOfTheRK3588PrintsAsThere() throws {
    try Workplace.with { place in
      try Self.model(place, anchors: Self.given)
      let shown = try place.run(["anchors", "show", "net.onnx"]).output
      for part in [
        Self.row1, Self.row2, "{4,5,7,7,11,11} {17,17,28,27,38,39} {56,54,83,79,125,120}",
        "not the COCO defaults", "binary16", "order        right",
      ] {
        #expect(shown.contains(part), "\(part): \(shown)")
      }
      // The same through the decoding of another export, which holds them as constants.
      let export = try place.run(
        ["export", "net.onnx", "--heads", "decoded", "--to", "decoded.onnx"])
      try #require(export.status == 0, "\(export.errors)")
      let decoded = try place.run(["anchors", "show", "decoded.onnx"]).output
      #expect(decoded.contains(Self.row1) && decoded.contains(Self.row2), "\(decoded)")
      #expect(decoded.contains("the boxes that the graph decodes"))
      let lines = try place.run(["anchors", "show", "net.onnx", "--as", "rknn"]).output
      #expect(lines.split(separator: "\n").joined(separator: ",") == Self.row2)
      let c = try place.run(["anchors", "show", "net.onnx", "--as", "c"]).output
      #expect(c.contains("const int anchor[3][6] = {\n  {4,5,7,7,11,11},"))
      let json = try Self.json(place.run(["anchors", "show", "net.onnx", "--json"]).output)
      #expect(json["grid"] as? String == Self.row1 && json["pixels"] as? String == Self.row2)
      #expect(json["isHalfPrecision"] as? Bool == true && json["defaults"] == nil)
      let levels = try #require(json["levels"] as? [[String: Any]])
      #expect(levels.map { $0["whole"] as? [[Int]] }[2] == [[56, 54], [83, 79], [125, 120]])
    }
  }

  @Test(.enabled(if: Shared.isPresent, "\(Shared.absence)"))
  func anOfficialCheckpointHasTheDefaults() throws {
    let path = Shared.file("models/yolov5/yolov5n.pt").path
    try Workplace.with { place in
      let shown = try place.run(["anchors", "show", path]).output
      #expect(shown.contains("COCO defaults of YOLOv5"), "\(shown)")
      #expect(shown.contains("1.25,1.625,2.0,3.75,4.125,2.875 | 1.875,3.8125,"))
      #expect(shown.contains("{10,13,16,30,33,23} {30,61,62,45,59,119} {116,90,156,198,373,326}"))
    }
  }

  @Test func checkPrintsWhatUpstreamPrintsAndMore() throws {
    try Workplace.with { place in
      try Self.model(place)
      try Self.data(place)
      let result = try place.run([
        "anchors", "check", "net.onnx", "data.json", "--image-size", "640",
      ])
      #expect(result.status == 0, "\(result.errors)")
      for part in [
        "anchors/target, ", "Best Possible Recall (BPR). ", "stride 8", "cat", "worst fits",
      ] {
        #expect(result.output.contains(part), "\(part): \(result.output)")
      }
      let old = try place.run([
        "anchors", "check", "net.onnx", "data.json", "--image-size", "640", "--rule", "v6.0",
      ])
      #expect(old.output.hasPrefix("anchors/target = "))
      let anchors = "10,13,16,30,33,23/30,61,62,45,59,119/116,90,156,198,373,326"
      let given = try Self.json(
        place.run(["anchors", "check", "data.json", "--anchors", anchors, "--json"]).output)
      let model = try Self.json(
        place.run([
          "anchors", "check", "net.onnx", "data.json", "--image-size", "640", "--json",
        ]).output)
      #expect(NSDictionary(dictionary: given) == NSDictionary(dictionary: model))
      let fit = try #require(given["fit"] as? [String: Any])
      #expect(fit["objects"] as? Int == 60)
      #expect((given["worst"] as? [Any])?.count == 10 && (given["classes"] as? [Any])?.count == 2)
      // A model's own input size counts where none is named.
      let own = try Self.json(
        place.run(["anchors", "check", "net.onnx", "data.json", "--json"]).output)
      #expect(own["imageSize"] as? Int == 64)
    }
  }

  @Test func fitWritesTheBetterAnchors() throws {
    try Workplace.with { place in
      try Self.model(place, anchors: "2,2,2,3,3,2/3,3,4,4,5,4/900,900,910,910,920,920")
      try Self.data(place)
      let command = [
        "anchors", "fit", "net.onnx", "data.json", "--image-size", "640", "--evolve", "50",
        "--json", "-o",
      ]
      let first = try place.run(command + ["a.onnx"])
      try #require(first.status == 0, "\(first.errors)")
      let report = try Self.json(first.output)
      #expect(report["isReplaced"] as? Bool == true)
      let messages = try #require(report["messages"] as? [String])
      #expect(messages.contains("Running kmeans for 9 anchors on 60 points..."))
      #expect(
        messages.last == "Done ✅ (optional: update model *.yaml to use these anchors in the future)"
      )
      let found = try #require(report["found"] as? [String: Any])
      let shown = try Self.json(place.run(["anchors", "show", "a.onnx", "--json"]).output)
      #expect(shown["pixels"] as? String == found["pixels"] as? String)
      // The same seed gives the same file.
      #expect(try place.run(command + ["b.onnx"]).status == 0)
      let files = try place.contents()
      #expect(files["a.onnx"] == files["b.onnx"])
      #expect(try place.run(command + ["c.onnx", "--seed", "9"]).status == 0)
      #expect(try place.contents()["c.onnx"] != files["a.onnx"])

      // Of decoded boxes only the raw heads stay: the decoding held the old anchors.
      let export = try place.run(
        ["export", "net.onnx", "--heads", "decoded", "--to", "decoded.onnx"])
      try #require(export.status == 0, "\(export.errors)")
      let cut = try place.run([
        "anchors", "fit", "decoded.onnx", "data.json", "--image-size", "640", "--evolve", "50",
        "-o", "d.onnx",
      ])
      #expect(cut.status == 0 && cut.output.contains("raw heads"), "\(cut.output)\(cut.errors)")
      #expect(cut.output.contains("train the network"))
      let again = try Self.json(place.run(["anchors", "show", "d.onnx", "--json"]).output)
      #expect(again["pixels"] as? String == found["pixels"] as? String)

      // What is printed for a new network is taken by it.
      let levels = try place.run([
        "anchors", "fit", "data.json", "--levels", "8,16,32", "--evolve", "50",
      ]).output
      let line = try #require(levels.split(separator: "\n").first { $0.hasPrefix("--anchors") })
      let text = String(try #require(line.split(separator: " ").last))
      try Self.model(place, "new.onnx", anchors: text)
      let new = try Self.json(place.run(["anchors", "show", "new.onnx", "--json"]).output)
      #expect(new["pixels"] as? String == found["pixels"] as? String)
    }
  }

  @Test func whatCannotBeCheckedIsRefused() throws {
    try Workplace.with { place in
      try Self.model(place)
      try Self.data(place, boxes: [])
      let check = ["anchors", "check", "net.onnx", "data.json"]
      let fit = ["anchors", "fit", "net.onnx", "data.json"]
      try place.refuses(check, says: ["data.json", "none of 20 pictures", "--split"])
      try place.refuses(fit + ["-o", "o.onnx"], says: ["data.json", "none of 20 pictures"])
      try Self.data(place)
      try place.refuses(check + ["--split", "val"], status: 2, says: ["'val'", "--split"])
      try place.refuses(check + ["--format", "xml"], status: 2, says: ["'xml'", "labelme"])
      for ratio in ["1", "0.5", "nan", "inf"] {
        try place.refuses(check + ["--ratio", ratio], status: 2, says: ["above 1"])
      }
      try place.refuses(check + ["--ratio", "four"], status: 2, says: ["four"])
      try place.refuses(check + ["--rule", "v5"], status: 2, says: ["v5"])
      try place.refuses(check + ["--image-size", "0"], status: 2, says: ["image size is 0"])
      try place.refuses(check + ["--worst=-1"], status: 2, says: ["-1"])
      try place.refuses(["anchors", "check", "net.onnx"], status: 2, says: ["MODEL DATA"])
      try place.refuses(["anchors", "check", "none.onnx", "data.json"], says: ["none.onnx"])
      try place.refuses(["anchors", "check", "net.onnx", "none.json"], says: ["none.json"])
      try place.file("broken.json", Array("{\"images\": [".utf8))
      try place.refuses(["anchors", "check", "net.onnx", "broken.json"], says: ["broken.json"])
      for (anchors, words) in [
        ("1,2,nan,4", "'nan'"), ("1,2,3", "pairs"), ("1,2/3,4,5,6", "as many"), ("-1,2", "'-1'"),
        (Array(repeating: "1,2", count: 9).joined(separator: "/"), "1 to 8"),
      ] {
        try place.refuses(
          ["anchors", "check", "data.json", "--anchors=\(anchors)"], status: 2, says: [words])
      }
      try place.refuses(
        ["anchors", "check", "data.json", "--anchors", "1,2/3,4", "--strides", "8,16,32"],
        status: 2, says: ["2 levels", "3 strides"])
    }
  }

  @Test func whatCannotBeFittedIsRefused() throws {
    try Workplace.with { place in
      try Self.model(place)
      try Self.data(place)
      let fit = ["anchors", "fit", "net.onnx", "data.json"]
      try place.refuses(
        fit + ["-o", "net.onnx"], status: 2, says: ["net.onnx", "would be overwritten"])
      try place.refuses(fit + ["-o", "no/o.onnx"], says: ["no/o.onnx", "folder"])
      try place.refuses(fit + ["--count", "12"], status: 2, says: ["--count is 12", "3 anchors"])
      try place.refuses(fit + ["--evolve", "-1"], status: 2, says: ["--evolve"])
      let levels = ["anchors", "fit", "data.json", "--levels"]
      try place.refuses(levels + ["8,16,32", "--count", "10"], status: 2, says: ["multiple of 3"])
      try place.refuses(levels + ["32,16,8"], status: 2, says: ["finest first"])
      try place.refuses(levels + ["8,x"], status: 2, says: ["'8,x'"])
      try place.refuses(levels + ["8,16", "-o", "o.onnx"], status: 2, says: ["--output"])
      try place.refuses(["anchors", "fit", "data.json"], status: 2, says: ["--levels"])

      try Self.model(place, "free.onnx", network: "yolov10n")
      for command in [
        ["show", "free.onnx"], ["check", "free.onnx", "data.json"],
        ["fit", "free.onnx", "data.json", "-o", "o.onnx"],
      ] {
        try place.refuses(["anchors"] + command, says: ["free.onnx", "has no anchors"])
      }
      try place.file("detector.onnx", Network.detector())
      try place.refuses(["anchors", "show", "detector.onnx"], says: ["detector.onnx", "anchors"])
      try place.refuses(
        ["anchors", "show", "net.onnx", "--as", "c", "--json"], status: 2, says: ["exclude"])
      try place.refuses(
        [
          "new", "yolov5n", "--anchors", "1,2,3,4/1,2,3,4/1,2,3,4", "--image-size", "64", "-o",
          "o.onnx",
        ], status: 2, says: ["3 anchors on each of 3 levels", "2 on each"])
      try place.refuses(
        ["new", "yolov10n", "--anchors", "1,2/3,4/5,6", "--image-size", "64", "-o", "o.onnx"],
        status: 2, says: ["has no anchors"])
    }
  }
}
