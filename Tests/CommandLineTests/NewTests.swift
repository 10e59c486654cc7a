import ApusTestSupport
import Foundation
import Testing

/// What `apus models` lists and `apus new` writes.
@Suite struct NewTests {
  private struct Row: Decodable {
    let name: String
    let family: String
    let inputSide: Int
    let parameters: Int
    let inferenceParameters: Int
    let multiplyAccumulates: Int
    let ap: Double?
  }

  @Test func everyNetworkIsListed() throws {
    try Workplace.with { place in
      let result = try place.run(["models", "--json"])
      let rows = try JSONDecoder().decode([Row].self, from: Data(result.output.utf8))
      #expect(Set(rows.map(\.family)) == ["YOLOv5", "YOLOv7", "YOLOv10", "NanoDet"])
      #expect(Set(rows.map(\.name)).count == rows.count)
      #expect(rows.allSatisfy { $0.inferenceParameters <= $0.parameters })
      let row = try #require(rows.first { $0.name == "yolov10n" })
      #expect(row.parameters == 2_775_520 && row.inferenceParameters == 2_310_624)
      #expect(row.inputSide == 640 && row.ap == 38.5 && row.multiplyAccumulates > 3_300_000_000)
      let table = try place.run(["models", "--family", "yolov10"]).output
      #expect(table.split(separator: "\n").count == 7)
      #expect(table.contains("2,775,520") && !table.contains("yolov5"))
      try place.refuses(["models", "--family", "yolov9"], status: 2, says: ["yolov9", "NanoDet"])
    }
  }

  @Test func theSameSeedGivesTheSameFile() throws {
    try Workplace.with { place in
      try place.file("names.txt", Array("cat\ndog\n".utf8))
      func bytes(_ name: String, _ options: [String]) throws -> Data {
        let command =
          ["new", "yolov5n", "--classes", "names.txt", "--image-size", "64", "-o", name] + options
        let result = try place.run(command)
        try #require(result.status == 0, "\(result.errors)")
        return try Data(contentsOf: place.folder.appendingPathComponent(name))
      }
      let first = try bytes("a.onnx", [])
      #expect(try bytes("b.onnx", ["--seed", "0"]) == first)
      #expect(try bytes("c.onnx", ["--seed", "1"]) != first)
      let read = try place.run(["inspect", "a.onnx"]).output
      for part in ["YOLOv5, variant yolov5n", "cat, dog", "[1, 21, 8, 8]"] {
        #expect(read.contains(part), "\(part): \(read)")
      }
    }
  }

  @Test func trainingHasAllBranches() throws {
    try Workplace.with { place in
      let result = try place.run([
        "new", "yolov10n", "--form", "training", "--image-size", "64", "-o", "t.onnx",
      ])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("one2many.stride8.boxes"))
      try place.file("p.bmp", Picture.bmp(width: 8, height: 8))
      try place.refuses(
        ["detect", "t.onnx", "p.bmp"], says: ["t.onnx", "form for training", "'model.0.bn'"])
    }
  }

  @Test func whatMakesNoSenseIsRefused() throws {
    try Workplace.with { place in
      try place.refuses(
        ["new", "yolov5nn", "-o", "o.onnx"], status: 2,
        says: ["yolov5nn", "apus models", "yolov5n"])
      try place.refuses(
        ["new", "yolov5n", "--image-size", "33", "-o", "o.onnx"], status: 2,
        says: ["multiple of 32"])
      try place.refuses(
        ["new", "yolov7-w6", "--image-size", "96", "-o", "o.onnx"], status: 2,
        says: ["multiple of 64", "128"])
      try place.refuses(
        ["new", "yolov5n", "--form", "training", "--opset", "13", "-o", "o.onnx"], status: 2,
        says: ["--opset 14"])
      try place.refuses(
        ["new", "yolov5n", "--classes", "none.txt", "-o", "o.onnx"], says: ["none.txt"])
      try place.refuses(["new", "yolov5n"], status: 2, says: ["--output"])
      try place.refuses(
        ["new", "yolov5n", "-o", "no/such/folder.onnx"], says: ["no/such"])
    }
  }
}
