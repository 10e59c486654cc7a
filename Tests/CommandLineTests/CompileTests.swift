import Foundation
import Testing

/// `apus compile`, and what `apus inspect` and `apus run` make of its files.
@Suite struct CompileTests {
  /// A small YOLOv5 checkpoint that lies beside the tests.
  private static let checkpoint = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Goldens/YOLOv5/fused.pt").path

  private struct Summary: Decodable {
    struct Port: Decodable {
      let name: String
      let shape: [Int]
    }
    struct Step: Decodable {
      let operators: String
    }
    let isa: String
    let inputs: [Port]
    let outputs: [Port]
    let steps: [Step]
    let arenaBytes: Int
    let constantBytes: Int
    let portableBytes: Int
  }

  private func compile(_ place: Workplace, _ options: [String] = []) throws {
    let command = ["compile", Self.checkpoint, "--to", "m.apus", "--image-size", "64x96"]
    let result = try place.run(command + options)
    try #require(result.status == 0, "\(result.errors)")
  }

  @Test func plansAreWrittenAndListed() throws {
    try Workplace.with { place in
      try compile(place, ["--batch", "2"])
      let json = try place.run(["inspect", "m.apus", "--json"])
      #expect(json.status == 0, "\(json.errors)")
      let summary = try JSONDecoder().decode(Summary.self, from: Data(json.output.utf8))
      #expect(summary.inputs.map(\.shape) == [[2, 3, 64, 96]])
      #expect(summary.outputs.count == 2 && summary.steps.count > 10)
      #expect(summary.constantBytes > 0)
      let text = try place.run(["inspect", "m.apus"]).output
      #expect(text.contains("for \(summary.isa)") && text.contains("host steps: none"))
      #expect(text.split(separator: "\n").count > summary.steps.count)
    }
  }

  /// The outputs of the file are those of the model, bit by bit.
  @Test func plansRunAsTheirModels() throws {
    try Workplace.with { place in
      for command in [
        ["export", Self.checkpoint, "--to", "m.onnx", "--image-size", "64x96"],
        ["compile", "m.onnx", "--to", "m.apus"],
      ] {
        let result = try place.run(command)
        try #require(result.status == 0, "\(result.errors)")
      }
      let summary = try JSONDecoder().decode(
        Summary.self, from: Data(try place.run(["inspect", "m.apus", "--json"]).output.utf8))
      let input = try #require(summary.inputs.first)
      try place.file("in.safetensors", Self.tensors(input.name, input.shape))
      for model in ["m.apus", "m.onnx"] {
        let result = try place.run([
          "run", model, "--input", "in.safetensors", "--output", "\(model).safetensors",
          "--threads", "2",
        ])
        #expect(result.status == 0, "\(result.errors)")
      }
      let files = try place.contents()
      let found = try #require(files["m.apus.safetensors"])
      #expect(found == files["m.onnx.safetensors"])
    }
  }

  /// A plan of pixels takes and gives tensors all the same, and they are those of the model.
  @Test func plansOfPixelsRunAsTheirModels() throws {
    try Workplace.with { place in
      for command in [
        ["export", Self.checkpoint, "--to", "m.onnx", "--image-size", "64x96"],
        ["compile", "m.onnx", "--to", "m.apus", "--pixels"],
        ["compile", "m.onnx", "--to", "floats.apus"],
      ] {
        let result = try place.run(command)
        try #require(result.status == 0, "\(result.errors)")
      }
      func summary(_ file: String) throws -> Summary {
        try JSONDecoder().decode(
          Summary.self, from: Data(try place.run(["inspect", file, "--json"]).output.utf8))
      }
      let (pixels, floats) = (try summary("m.apus"), try summary("floats.apus"))
      #expect(pixels.steps.count < floats.steps.count)
      #expect(pixels.arenaBytes < floats.arenaBytes)
      #expect(pixels.constantBytes == floats.constantBytes)
      let input = try #require(pixels.inputs.first)
      try place.file("in.safetensors", Self.tensors(input.name, input.shape))
      for model in ["m.apus", "m.onnx"] {
        let result = try place.run([
          "run", model, "--input", "in.safetensors", "--output", "\(model).safetensors",
        ])
        #expect(result.status == 0, "\(result.errors)")
      }
      let files = try place.contents()
      let found = try #require(files["m.apus.safetensors"])
      #expect(found == files["m.onnx.safetensors"])
    }
  }

  @Test func badFilesAreFailures() throws {
    try Workplace.with { place in
      try compile(place)
      let sound = [UInt8](try #require(try place.contents()["m.apus"]))
      var altered = sound
      // The last byte of the constants' checksum: nothing is read of the model behind them.
      altered[55] ^= 1
      var version = sound
      version[8] = 9
      for (name, bytes, word) in [
        ("altered.apus", altered, "altered"), ("version.apus", version, "version 9"),
        ("short.apus", Array(sound.prefix(500)), "not whole"),
      ] {
        try place.file(name, bytes)
        for command in [
          ["inspect", name], ["run", name, "--input", "m.apus", "--output", "out.safetensors"],
        ] {
          try place.refuses(command, says: ["'\(name)'", word, "apus compile"])
        }
      }
    }
  }

  /// A plan that `APUS_ISA` does not allow is compiled anew from its file, and a note says so.
  @Test func plansOfOtherInstructionSetsAreCompiledAnew() throws {
    try Workplace.with { place in
      try compile(place)
      let scalar = Apus.Setting(environment: ["APUS_ISA": "scalar"])
      let own = try place.run(
        ["compile", Self.checkpoint, "--to", "own.apus", "--image-size", "64x96", "--json"], scalar)
      let summary = try JSONDecoder().decode(Summary.self, from: Data(own.output.utf8))
      #expect(own.status == 0 && summary.isa == "scalar" && summary.portableBytes > 0)
      let input = try #require(summary.inputs.first)
      try place.file("in.safetensors", Self.tensors(input.name, input.shape))
      for model in ["m.apus", "own.apus"] {
        let command = ["--input", "in.safetensors", "--output", "\(model).safetensors", "--json"]
        let result = try place.run(["run", model] + command, scalar)
        #expect(result.status == 0, "\(result.errors)")
        _ = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
        let notes = result.errors.split(separator: "\n")
        #expect(notes.count == (model == "m.apus" ? 1 : 0), "\(result.errors)")
        for note in notes {
          #expect(note.hasPrefix("apus: note: 'm.apus': is compiled for "))
          #expect(note.contains("compiled anew for scalar"))
        }
      }
      let files = try place.contents()
      #expect(files["m.apus.safetensors"] == files["own.apus.safetensors"])
      let bench = try place.run(
        ["bench", "m.apus", "--warmup", "0", "--runs", "1", "--json"], scalar)
      #expect(bench.status == 0 && bench.errors.split(separator: "\n").count == 1)
      #expect(bench.output.hasPrefix("{"))
    }
  }

  @Test func plansWithoutTheirModelAreForOneInstructionSet() throws {
    try Workplace.with { place in
      try compile(place, ["--no-portable"])
      try compile(place, ["--to", "both.apus"])
      let files = try place.contents()
      let (alone, both) = (files["m.apus"]?.count ?? 0, files["both.apus"]?.count ?? 0)
      #expect(alone > 0 && both > alone)
      #expect(try place.run(["inspect", "m.apus"]).output.contains("portable model: none"))
      #expect(!(try place.run(["inspect", "both.apus"]).output.contains("portable model: none")))
      let bench = ["bench", "m.apus", "--warmup", "0", "--runs", "1"]
      let result = try place.run(bench)
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
      try place.refuses(
        bench, says: ["'m.apus'", "APUS_ISA=scalar", "--no-portable"],
        Apus.Setting(environment: ["APUS_ISA": "scalar"]))
    }
  }

  @Test func whatMakesNoSenseIsRefused() throws {
    try Workplace.with { place in
      try compile(place)
      try place.file("vector.onnx", Network.ofVectors)
      let compile = ["compile", Self.checkpoint, "--to"]
      for (command, status, word) in [
        (compile + ["m.onnx"], 2, "ends in .apus"),
        (["compile", Self.checkpoint], 2, "--to"),
        (compile + ["x.apus", "--batch", "0"], 2, "--batch"),
        (compile + ["x.apus", "--image-size", "65"], 2, "multiple of"),
        (["compile", "m.apus", "--to", "x.apus"], 1, "is a plan file"),
        (["compile", "m.apus", "--to", "m.apus"], 2, "overwritten"),
        (["compile", "missing.pt", "--to", "x.apus"], 1, "no such file"),
        (compile + ["no/folder/x.apus"], 1, "no folder"),
        (["compile", "vector.onnx", "--to", "x.apus", "--pixels"], 1, "--pixels"),
        (["inspect", "m.apus", "--html", "m.html"], 2, "plan file"),
        (["export", "m.apus", "--to", "x.onnx"], 1, "is a plan file"),
        (
          ["run", "m.apus", "--input", "a", "--output", "b", "--executor", "interpreter"], 2,
          "plan file"
        ),
      ] as [([String], Int32, String)] {
        try place.refuses(command, status: status, says: [word])
      }
    }
  }

  /// A safetensors file of one tensor.
  private static func tensors(_ name: String, _ shape: [Int]) -> [UInt8] {
    let count = shape.reduce(1, *)
    let header =
      "{\"\(name)\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[0,\(4 * count)]}}"
    var data = Data()
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(contentsOf: header.utf8)
    for index in 0..<count {
      withUnsafeBytes(of: (Float(index % 255) / 255).bitPattern.littleEndian) {
        data.append(contentsOf: $0)
      }
    }
    return [UInt8](data)
  }
}
