import Foundation
import Testing

/// What `apus export` writes, and what it refuses.
@Suite struct ExportTests {
  /// A small YOLOv5 checkpoint that lies beside the tests.
  private static let checkpoint = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Goldens/YOLOv5/fused.pt").path

  private struct Report: Decodable {
    struct Port: Decodable {
      let name: String
      let type: String?
      let shape: [String]?
    }
    let opset: Int
    let heads: String?
    let inputs: [Port]
    let outputs: [Port]
  }

  private func export(_ place: Workplace, _ options: [String]) throws -> Report {
    let command =
      ["export", Self.checkpoint, "--image-size", "64x96", "--json", "--to", "o.onnx"] + options
    let result = try place.run(command)
    try #require(result.status == 0, "\(command): \(result.errors)")
    return try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
  }

  @Test func headsAreChosen() throws {
    try Workplace.with { place in
      let raw = try export(place, [])
      #expect(raw.heads == "raw" && raw.opset == 13)
      #expect(try export(place, ["--heads", "raw"]).outputs.map(\.name) == raw.outputs.map(\.name))
      let decoded = try export(place, ["--heads", "decoded", "--batch", "2", "--opset", "11"])
      #expect(decoded.heads == "decoded" && decoded.opset == 11)
      #expect(decoded.outputs.map(\.name) == ["output"])
      #expect(decoded.inputs[0].shape == ["2", "3", "64", "96"])
      let options = ["--heads", "end2end", "--conf", "0.5", "--iou=0.3", "--max-detections", "7"]
      let finished = try export(place, options + ["--half"])
      #expect(finished.heads == "end2end")
      #expect(finished.outputs[0].shape?.last == "7")
      #expect(finished.inputs[0].type == "float32" && finished.outputs[0].type == "float32")
      let read = try place.run(["inspect", "o.onnx", "--json"]).output
      #expect(read.contains("\"confidenceThreshold\" : 0.5"))
    }
  }

  /// What was written raw can be decoded later; what was decoded can be suppressed, not taken back.
  @Test func filesCanBeTakenFurther() throws {
    try Workplace.with { place in
      _ = try export(place, ["--half"])
      for (source, target, form) in [
        ("o.onnx", "d.onnx", "decoded"), ("d.onnx", "e.onnx", "end2end"),
        ("o.onnx", "f.onnx", "end2end"),
      ] {
        let result = try place.run(["export", source, "--to", target, "--heads", form])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("\(form) heads"))
      }
      for form in ["raw", "decoded"] {
        try place.refuses(
          ["export", "e.onnx", "--to", "g.onnx", "--heads", form],
          says: ["e.onnx", "end2end already"])
      }
      try place.refuses(
        ["export", "d.onnx", "--to", "g.onnx", "--heads", "raw"], says: ["apus cut"])
      try place.refuses(
        ["export", "d.onnx", "--to", "g.onnx", "--half"],
        says: ["d.onnx", "lose digits", "apus cut"])
    }
  }

  @Test func halfPrecisionHalvesTheFile() throws {
    try Workplace.with { place in
      func size() throws -> Int { try place.contents()["o.onnx"]?.count ?? 0 }
      _ = try export(place, [])
      let whole = try size()
      _ = try export(place, ["--half"])
      #expect(Double(try size()) < 0.75 * Double(whole))
    }
  }

  @Test func aModelWithoutRawHeadsIsRefused() throws {
    try Workplace.with { place in
      try place.file("net.onnx", Network.detector())
      for form in ["decoded", "end2end"] {
        try place.refuses(
          ["export", "net.onnx", "--to", "o.onnx", "--heads", form],
          says: ["net.onnx", "raw heads", "checkpoint"])
      }
      try place.refuses(
        ["export", "net.onnx", "--to", "o.onnx", "--batch", "2"], status: 2,
        says: ["net.onnx", "checkpoint"])
    }
  }

  @Test(arguments: [
    (["--heads", "all"], "--heads"), (["--opset", "8"], "--opset"), (["--opset", "23"], "--opset"),
    (["--heads", "decoded", "--opset", "10"], "at least 11"),
    (["--heads", "end2end", "--opset", "9"], "at least 11"),
    (["--max-detections", "5"], "--heads end2end"), (["--conf", "0.5"], "--heads end2end"),
    (["--heads", "decoded", "--iou", "0.5"], "--heads end2end"),
    (["--heads", "end2end", "--iou", "1.5"], "--iou"),
    (["--heads", "end2end", "--conf", "nan"], "--conf"),
    (["--heads", "end2end", "--conf=-0.1"], "--conf"),
    (["--heads", "end2end", "--max-detections", "0"], "--max-detections"),
    (["--batch", "0"], "--batch"), (["--batch", "5000"], "--batch"),
    (["--batch", "2", "--dynamic"], "--dynamic"),
    (["--batch", "2", "--dynamic-batch"], "--dynamic-batch"),
    (["--dynamic", "--image-size", "64"], "--image-size"), (["--image-size", "65"], "multiple of"),
  ])
  func optionsThatMakeNoSenseEndWithTwo(_ options: [String], _ word: String) throws {
    try Workplace.with { place in
      try place.refuses(
        ["export", Self.checkpoint, "--to", "o.onnx"] + options, status: 2, says: [word])
    }
  }
}
