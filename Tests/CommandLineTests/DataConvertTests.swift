import ApusTestSupport
import Foundation
import Testing

/// `apus data convert` as a user runs it.
@Suite struct DataConvertTests {
  private struct Loss: Hashable {
    let attribute: String
    let of: String
    let count: Int
  }

  private static func losses(_ result: Apus.Result) throws -> Set<Loss> {
    let list = try object(result)["losses"] as? [[String: Any]] ?? []
    return Set(
      list.map { loss in
        Loss(
          attribute: loss["attribute"] as? String ?? "", of: loss["of"] as? String ?? "",
          count: loss["count"] as? Int ?? 0)
      })
  }

  /// What a COCO file says, by the names of files and classes, objects in order of their boxes.
  private static func boxes(_ file: URL) throws -> [String: [(String, [Double], [String: String])]]
  {
    let root = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    func list(_ key: String) -> [[String: Any]] { root?[key] as? [[String: Any]] ?? [] }
    var names: [Int: String] = [:]
    for kind in list("categories") { names[kind["id"] as? Int ?? -1] = kind["name"] as? String }
    var files: [Int: String] = [:]
    for image in list("images") {
      let name = image["file_name"] as? String ?? ""
      files[image["id"] as? Int ?? -1] = (name as NSString).lastPathComponent
    }
    var result: [String: [(String, [Double], [String: String])]] = [:]
    for name in files.values { result[name] = [] }
    for mark in list("annotations") {
      var rest: [String: String] = [:]
      for key in ["area", "iscrowd", "difficult", "truncated", "pose"] {
        // 150 and 150.0 are the same number.
        if let value = mark[key] {
          rest[key] = (value as? NSNumber).map { "\($0.doubleValue)" } ?? "\(value)"
        }
      }
      let box = (mark["bbox"] as? [Any] ?? []).compactMap { ($0 as? NSNumber)?.doubleValue }
      result[files[mark["image_id"] as? Int ?? -1] ?? "", default: []].append(
        (names[mark["category_id"] as? Int ?? -1] ?? "", box, rest))
    }
    return result
  }

  /// The largest difference of a box; nil where pictures, classes or numbers of objects differ.
  private static func difference(_ first: URL, _ second: URL, keeping keys: Set<String>) throws
    -> Double?
  {
    let (a, b) = (try boxes(first), try boxes(second))
    guard Set(a.keys) == Set(b.keys) else { return nil }
    var largest = 0.0
    for (name, marks) in a {
      let twins = b[name] ?? []
      guard marks.map(\.0) == twins.map(\.0) else { return nil }
      for (mark, twin) in zip(marks, twins) {
        guard mark.1.count == 4, twin.1.count == 4,
          keys.allSatisfy({ mark.2[$0] == twin.2[$0] })
        else { return nil }
        for (p, q) in zip(mark.1, twin.1) { largest = max(largest, abs(p - q)) }
      }
    }
    return largest
  }

  @Test func everythingThatIsLostIsListed() throws {
    try Workplace.with { place in
      try place.coco()
      let common: Set<Loss> = [
        Loss(attribute: "id", of: "pictures", count: 2),
        Loss(attribute: "id", of: "objects", count: 3),
        Loss(attribute: "id", of: "classes", count: 2),
        Loss(attribute: "info", of: "data set", count: 1),
        Loss(attribute: "licenses", of: "data set", count: 1),
        Loss(attribute: "supercategory", of: "classes", count: 2),
      ]
      let note = Loss(attribute: "my note", of: "objects", count: 1)
      func lost(_ format: String, _ rest: [String] = []) throws -> Set<Loss> {
        let result = try place.run(
          ["data", "convert", "set.json", "\(format)\(rest.count)", "--to", format, "--json"] + rest
        )
        #expect(result.status == 0, "\(result.errors)")
        return try Self.losses(result)
      }
      let yolo: Set<Loss> = [
        note, Loss(attribute: "crowd", of: "objects", count: 1),
        Loss(attribute: "area", of: "objects", count: 3),
        Loss(attribute: "difficult", of: "objects", count: 1),
        Loss(attribute: "truncated", of: "objects", count: 1),
        Loss(attribute: "pose", of: "objects", count: 1),
        Loss(attribute: "license", of: "pictures", count: 1),
        Loss(attribute: "no split", of: "pictures", count: 2),
      ]
      let outlines = { Loss(attribute: "segmentation", of: "objects", count: $0) }
      #expect(try lost("yolo") == common.union(yolo).union([outlines(2)]))
      #expect(try lost("yolo", ["--outlines"]) == common.union(yolo).union([outlines(1)]))
      #expect(try lost("voc") == common.union([note, outlines(2)]))
      #expect(try lost("labelme") == common.union([outlines(1)]))
      #expect(try lost("coco").isEmpty)
      let text = try place.run(["data", "convert", "set.json", "again", "--to", "yolo"])
      for word in ["not held", "crowd", "written as ordinary objects", "2 copied"] {
        #expect(text.output.contains(word), "\(word)")
      }
      let whole = try place.run(["data", "convert", "set.json", "again.json", "--to", "coco"])
      #expect(whole.output.contains("Everything was kept.") && whole.output.contains("left where"))
    }
  }

  @Test func aChainOfFormatsKeepsWhatTheyHold() throws {
    try Workplace.with { place in
      try place.coco()
      var source = "set.json"
      for (target, format) in [
        ("v", "voc"), ("l", "labelme"), ("c", "coco"), ("v2", "voc"), ("back.json", "coco"),
      ] {
        let result = try place.run([
          "data", "convert", source, target, "--to", format, "--pictures", "link",
        ])
        #expect(result.status == 0, "\(result.errors)")
        source = target
      }
      let difference = try Self.difference(
        place.folder.appendingPathComponent("set.json"),
        place.folder.appendingPathComponent("back.json"),
        keeping: ["area", "iscrowd", "difficult", "truncated", "pose"])
      #expect((difference ?? .infinity) <= 1e-9)
    }
  }

  @Test(.enabled(if: Shared.isPresent, Comment(rawValue: Shared.absence)))
  func cocoToYOLOToVOCToCOCOKeepsBoxes() throws {
    try Workplace.with { place in
      let original = Shared.file("data/coco_val2017_subset/instances_val2017_subset.json")
      var source = original.path
      for (target, format) in [("y", "yolo"), ("v", "voc"), ("c.json", "coco")] {
        let result = try place.run([
          "data", "convert", source, target, "--to", format, "--pictures", "link", "--json",
        ])
        #expect(result.status == 0, "\(result.errors)")
        #expect(try object(result)["objects"] as? Int == 1_786)
        source = target
      }
      let back = place.folder.appendingPathComponent("c.json")
      let difference = try Self.difference(original, back, keeping: [])
      #expect((difference ?? .infinity) <= 1e-3, "\(String(describing: difference))")
      // Without YOLO between them, areas and crowds stay too.
      for (from, target, format) in [
        (original.path, "v1", "voc"), ("v1", "direct.json", "coco"),
      ] {
        let result = try place.run([
          "data", "convert", from, target, "--to", format, "--pictures", "link",
        ])
        #expect(result.status == 0, "\(result.errors)")
      }
      let direct = try Self.difference(
        original, place.folder.appendingPathComponent("direct.json"), keeping: ["iscrowd"])
      #expect((direct ?? .infinity) <= 1e-3)
    }
  }

  @Test func splitsPicturesAndCornersAreAsAsked() throws {
    try Workplace.with { place in
      try place.yolo()
      let val = try object(
        try place.run([
          "data", "convert", "set", "val", "--to", "voc", "--split", "val", "--pictures", "leave",
          "--corners", "from-zero", "--json",
        ]))
      #expect(val["pictures"] as? Int == 1 && val["splits"] as? [String: Int] == ["val": 1])
      #expect(val["files"] as? String == "leave" && val["filesTaken"] as? Int == 0)
      let folder = place.folder.appendingPathComponent("val")
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/JPEGImages"))
      let xml = try String(contentsOfFile: folder.path + "/Annotations/3.xml", encoding: .utf8)
      // The box is 10 x 15 around (20, 15).
      #expect(xml.contains("<xmin>15</xmin>") && xml.contains("<xmax>25</xmax>"))
    }
  }

  @Test func badInputIsOneClearErrorAndNothingIsWritten() throws {
    try Workplace.with { place in
      try place.yolo()
      try place.coco()
      try place.yolo("bad")
      try place.text("bad/labels/train/1.txt", "0 .5 .5 .5\n0 nan 1 1 1\n")
      func refuses(_ rest: [String], status: Int32 = 1, says words: [String]) throws {
        try place.refuses(["data", "convert"] + rest, status: status, says: words)
      }
      try refuses(["set", "out"], status: 2, says: ["--to"])
      try refuses(["set"], status: 2, says: ["output"])
      try refuses(["set", "out", "--to", "tfrecord"], status: 2, says: ["--to"])
      try refuses(["missing", "out", "--to", "coco"], says: ["missing"])
      try refuses(["set", "set.json", "--to", "coco"], says: ["'set.json' is there already"])
      try refuses(["set", "set", "--to", "yolo"], says: ["'set' is there already"])
      try refuses(["set", "", "--to", "yolo"], status: 2, says: ["no name"])
      try refuses(["set", "/proc/out", "--to", "voc"], says: ["/proc/out"])
      try refuses(["set", "out", "--to", "voc", "--split", "tes"], status: 2, says: ["train, val"])
      try refuses(["set", "out", "--to", "voc", "--outlines"], status: 2, says: ["--to yolo"])
      try refuses(
        ["set", "out", "--to", "voc", "--pictures", "move"], status: 2, says: ["--pictures"])
      try refuses(["set", "out", "--to", "voc", "--corners", "2"], status: 2, says: ["--corners"])
      try refuses(
        ["bad", "out", "--to", "voc"],
        says: ["1.txt, line 1", "1 further faults", "Nothing was written", "apus data check"])
    }
  }
}
