import Foundation
import Testing

/// `apus data check` as a user runs it.
@Suite struct DataCheckTests {
  /// A YOLO data set of three pictures in train and one in val.
  private func makeSet(in place: Workplace, labels: [String] = []) throws {
    for (index, split) in ["train", "train", "train", "val"].enumerated() {
      for kind in ["images", "labels"] {
        try FileManager.default.createDirectory(
          at: place.folder.appendingPathComponent("set/\(kind)/\(split)"),
          withIntermediateDirectories: true)
      }
      try place.file(
        "set/images/\(split)/\(index).bmp", Picture.bmp(width: 64 + index, height: 48))
      let text = index < labels.count ? labels[index] : "\(index % 2) 0.5 0.5 0.25 0.25\n"
      try place.file("set/labels/\(split)/\(index).txt", Array(text.utf8))
    }
    try place.file(
      "set/data.yaml", Array("train: images/train\nval: images/val\nnames: [cell, plate]\n".utf8))
  }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func helpSaysWhatItDoes() throws {
    let group = try Apus.run(["data", "--help"])
    #expect(group.status == 0 && group.output.contains("check"))
    let result = try Apus.run(["data", "check", "--help"])
    #expect(result.status == 0)
    for word in [
      "Examples:", "--json", "--fix", "--strict", "--no-cache", "--verify", "Exit codes",
    ] {
      #expect(result.output.contains(word), "\(word)")
    }
  }

  @Test func aGoodSetEndsWithZero() throws {
    try Workplace.with { place in
      try makeSet(in: place)
      let result = try place.run(["data", "check", "set", "--no-cache"])
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      #expect(result.output.contains("yolo, 4 pictures (train 3, val 1), 4 labels, 2 classes"))
      #expect(result.output.contains("0 errors, 0 warnings, 0 notes"))
    }
  }

  @Test func findingsAreGroupedAndCounted() throws {
    try Workplace.with { place in
      let line = "0 0.5 0.5 0 0.2\n"
      try makeSet(in: place, labels: [line + line + line + line, "0 0.99 0.5 0.25 0.25\n"])
      let result = try place.run(["data", "check", "set", "--no-cache", "--examples", "2"])
      #expect(result.status == 1 && result.errors.isEmpty, "\(result.errors)")
      let lines = result.output.split(separator: "\n").map(String.init)
      let start = try #require(lines.firstIndex(of: "error  zero-area  4"))
      #expect(
        lines[start + 1].hasSuffix("set/labels/train/0.txt, line 1: \"cell\", a box of 0 x 9.6"))
      #expect(lines[start + 3] == "    and 2 more")
      #expect(lines.contains("warning  box-over-edge  1"))
      #expect(result.output.contains("4 errors, 4 warnings, 0 notes"), "\(result.output)")
    }
  }

  @Test func strictCountsWarnings() throws {
    try Workplace.with { place in
      try makeSet(in: place, labels: ["0 0.99 0.5 0.25 0.25\n"])
      #expect(try place.run(["data", "check", "set", "--no-cache"]).status == 0)
      #expect(try place.run(["data", "check", "set", "--no-cache", "--strict"]).status == 1)
    }
  }

  @Test func theJSONHasEveryFinding() throws {
    try Workplace.with { place in
      try makeSet(in: place, labels: ["5 0.5 0.5 0.25 0.25\n"])
      let result = try place.run(["data", "check", "set/data.yaml", "--json", "--no-cache"])
      #expect(result.status == 1)
      let report = try json(result.output)
      #expect(report["errors"] as? Int == 1 && report["warnings"] as? Int == 0)
      #expect(report["pictures"] as? Int == 4 && report["decoded"] as? Int == 4)
      #expect(report["format"] as? String == "yolo" && report["reused"] as? Int == 0)
      let findings = try #require(report["findings"] as? [[String: Any]])
      let finding = try #require(findings.first)
      #expect(Set(finding.keys) == ["kind", "severity", "file", "place", "found", "remedy"])
      #expect(finding["kind"] as? String == "unknown-class")
      #expect((finding["file"] as? String)?.hasSuffix("labels/train/0.txt") == true)
      #expect(finding["place"] as? String == "line 1")
      let counts = try #require(report["counts"] as? [[String: Any]])
      #expect(counts.reduce(0) { $0 + ($1["count"] as? Int ?? 0) } == findings.count)
    }
  }

  @Test func theSecondRunReusesWhatTheFirstSaw() throws {
    try Workplace.with { place in
      try makeSet(in: place)
      Thread.sleep(forTimeInterval: 0.2)
      let arguments = ["data", "check", "set", "--json", "--cache", "cache"]
      #expect(try json(place.run(arguments).output)["decoded"] as? Int == 4)
      let second = try json(place.run(arguments).output)
      #expect(second["decoded"] as? Int == 0 && second["reused"] as? Int == 4)
      let third = try json(place.run(arguments + ["--verify"]).output)
      #expect(third["verified"] as? Int == 4 && third["reused"] as? Int == 0)
    }
  }

  @Test func aRepairedCopyIsClean() throws {
    try Workplace.with { place in
      try makeSet(in: place, labels: ["5 0.5 0.5 0.25 0.25\n0 0.99 0.5 0.25 0.25\n"])
      let before = try place.contents()
      let result = try place.run([
        "data", "check", "set", "--fix", "copy", "--no-cache", "--to", "coco", "--json",
      ])
      #expect(result.status == 1)
      let repair = try #require(try json(result.output)["repair"] as? [String: Any])
      let actions = try #require(repair["actions"] as? [[String: Any]])
      #expect(actions.compactMap { $0["kind"] as? String } == ["left-out-label", "clipped-box"])
      #expect(repair["format"] as? String == "coco" && repair["labels"] as? Int == 4)
      let after = try place.contents()
      #expect(before.allSatisfy { after[$0.key] == $0.value })
      let again = try place.run(["data", "check", "copy", "--no-cache"])
      #expect(again.status == 0 && again.output.contains("0 errors, 0 warnings"))
      let text = try place.run(["data", "check", "set", "--fix", "other", "--no-cache"]).output
      #expect(text.contains("clipped-box  1") && text.contains("left-out-label  1"))
    }
  }

  @Test(arguments: [
    ["data", "check"], ["data", "check", "set", "--format", "csv"],
    ["data", "check", "set", "--corners", "middle"], ["data", "check", "set", "--to", "coco"],
    ["data", "check", "set", "--no-cache", "--cache", "x"],
    ["data", "check", "set", "--examples", "-1"],
    ["data", "check", "set", "--no-cache", "--verify"],
  ])
  func commandLinesThatMakeNoSense(_ arguments: [String]) throws {
    let result = try Apus.run(arguments)
    #expect(result.status == 2 && result.output.isEmpty && !result.errors.isEmpty)
  }

  @Test func badInputs() throws {
    try Workplace.with { place in
      try FileManager.default.createDirectory(
        at: place.folder.appendingPathComponent("empty"), withIntermediateDirectories: true)
      try place.file("list.json", Array("[1, 2]".utf8))
      try place.file("half.json", Array(#"{"images": ["#.utf8))
      try place.file("other.json", Array(#"{"name": "x"}"#.utf8))
      try place.file("bad.yaml", Array("train: [".utf8))
      try place.file("latin.xml", [0x3c, 0xe9, 0x3e])
      try place.refuses(["data", "check", "missing", "--no-cache"], says: ["missing", "readable"])
      try place.refuses(["data", "check", "gone.yaml", "--no-cache"], says: ["gone.yaml"])
      try place.refuses(["data", "check", "empty", "--no-cache"], says: ["empty folder"])
      try place.refuses(
        ["data", "check", "list.json", "--no-cache"], says: ["list.json", "object"])
      try place.refuses(
        ["data", "check", "half.json", "--no-cache"], says: ["half.json", "line 1"])
      try place.refuses(["data", "check", "other.json", "--no-cache"], says: ["$.images", "list"])
      try place.refuses(["data", "check", "bad.yaml", "--no-cache"], says: ["bad.yaml"])
    }
  }

  @Test func outputsThatMustNotBe() throws {
    try Workplace.with { place in
      try makeSet(in: place)
      try place.file("there", [1])
      let start = ["data", "check", "set", "--no-cache", "--fix"]
      try place.refuses(start + ["there"], status: 2, says: ["there", "nothing is yet"])
      try place.refuses(start + ["set"], status: 2, says: ["outside of the data set"])
      try place.refuses(start + ["set/copy"], status: 2, says: ["outside of the data set"])
      try place.refuses(
        ["data", "check", "set/data.yaml", "--no-cache", "--fix", "set/x"], status: 2,
        says: ["outside of the data set", "never repaired in place"])
      try place.refuses(start + ["copy.json"], status: 2, says: ["a folder"])
    }
  }
}
