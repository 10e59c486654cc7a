import ApusBoxes
import ApusToolkit
import Foundation
import Testing

@Suite("Threshold files")
struct ThresholdFileTests {
  static func withFile(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("apus-thresholds-\(UUID().uuidString).json").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  @Test func whatIsWrittenIsRead() throws {
    let names = ClassNames(["person", "car", "a \"b\"\n\u{1}é", "1", "traffic light"])
    let thresholds = ConfidenceThresholds(
      0.3, perClass: [0: 0.41, 1: 0.1, 2: 0.55, 3: 1, 4: 0.0001])
    let file = try ThresholdFile(
      thresholds, names: names, goal: "f1", model: "00ff", data: "data.yaml")
    #expect(file.base == 0.3 && file.classes["person"] == 0.41)
    try Self.withFile { path in
      try file.write(to: path)
      let read = try ThresholdFile(reading: path)
      #expect(read == file)
      #expect(try String(contentsOfFile: path, encoding: .utf8).contains("\"person\": 0.41"))
    }
    // The second "person" cannot be named by its name, and not by an index that is another's name.
    #expect(throws: ApusError.self) {
      try ThresholdFile(
        ConfidenceThresholds(0.3, perClass: [1: 0.1]), names: ClassNames(["a", "a", "1"]))
    }
    let single = ClassNames(["person", "person", "car"])
    let indexed = ConfidenceThresholds(0.3, perClass: [0: 0.41, 1: 0.1, 2: 0.5])
    let back = try ThresholdFile(indexed, names: single).thresholds(for: single, file: "t")
    #expect(back == indexed)
  }

  @Test func onlyThresholdsAreWritten() throws {
    try Self.withFile { path in
      for value in [Double.nan, -0.1, 1.1, .infinity] {
        #expect(throws: ApusError.self) {
          try ThresholdFile(base: value, classes: [:]).write(to: path)
        }
        #expect(throws: ApusError.self) {
          try ThresholdFile(base: 0.5, classes: ["a": value, "base": 0.5]).write(to: path)
        }
      }
      #expect(!FileManager.default.fileExists(atPath: path))
    }
    #expect(throws: ApusError.self) {
      try ThresholdFile(base: 0.2, classes: [:]).write(to: "/no/such/folder/t.json")
    }
  }
}
