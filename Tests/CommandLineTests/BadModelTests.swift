import ApusTestSupport
import Foundation
import Testing

/// Model files that are damaged, hostile or impossible: one clear error, and nothing written.
@Suite struct BadModelTests {
  /// Every command that reads a model, on the file `m.onnx`.
  static let commands = [
    ["inspect", "m.onnx"], ["inspect", "m.onnx", "--json"], ["export", "m.onnx", "--to", "o.onnx"],
    ["simplify", "m.onnx", "o.onnx"], ["cut", "m.onnx", "o.onnx"],
    ["detect", "m.onnx", "p.bmp", "--output", "found"],
    ["run", "m.onnx", "--input", "in.safetensors", "--output", "o.safetensors"],
  ]

  private func everyCommandRefuses(_ model: [UInt8], says words: [String]) throws {
    try Workplace.with { place in
      try place.file("m.onnx", model)
      try place.file("p.bmp", Picture.bmp(width: 8, height: 8))
      try place.file("in.safetensors", Array("\u{2}\0\0\0\0\0\0\0{}".utf8))
      for command in Self.commands { try place.refuses(command, says: ["m.onnx"] + words) }
    }
  }

  @Test func aTruncatedModelIsRefusedAtEveryLength() throws {
    let whole = Network.detector()
    try Workplace.with { place in
      for length in stride(from: 0, to: whole.count, by: 9) {
        try place.file("m.onnx", Array(whole[..<length]))
        // Cut off behind the graph, what is left is a whole model but for its operator set.
        try place.refuses(["inspect", "m.onnx"], says: ["m.onnx"])
      }
    }
    try everyCommandRefuses(Array(whole[..<(whole.count / 2)]), says: ["copy or export it again"])
  }

  @Test func flippedBitsNeverCrash() throws {
    let whole = Network.detector()
    var generator = SeededGenerator(seed: 7)
    try Workplace.with { place in
      for _ in 0..<40 {
        var damaged = whole
        for _ in 0..<3 {
          let place = Int(generator.next() % UInt64(damaged.count))
          damaged[place] ^= 1 << UInt8(generator.next() % 8)
        }
        try place.file("m.onnx", damaged)
        let result = try place.run(["simplify", "m.onnx", "o.onnx"])
        #expect([0, 1].contains(result.status), "\(result.errors)")
        #expect(result.errors.isEmpty == (result.status == 0))
      }
    }
  }

  @Test func nodesInACircleAreNamed() throws {
    try everyCommandRefuses(
      Message.model {
        $0.node("Add", ["x", "b"], ["a"])
        $0.node("Relu", ["a"], ["b"])
        $0.input("x", [1, 3])
        $0.output("b", [1, 3])
      }, says: ["circle", "Add_a", "Relu_b", "export it again"])
  }

  @Test func shapesThatDoNotFitAreShown() throws {
    try everyCommandRefuses(
      Message.model {
        $0.node("Add", ["x", "w"], ["y"])
        $0.floats("w", [5])
        $0.input("x", [1, 3])
        $0.output("y", [1, 3])
      }, says: ["Add_y", "[1, 3]", "[5]"])
    try everyCommandRefuses(
      Message.model {
        $0.node("Conv", ["x", "w"], ["y"])
        $0.floats("w", [4, 7, 3, 3])
        $0.input("x", [1, 3, 8, 8])
        $0.output("y", [1, 4, 6, 6])
      }, says: ["Conv_y", "7", "3"])
  }

  @Test(arguments: [[1 << 40], [1 << 20, 1 << 20], [1 << 40, 1 << 40, 1 << 40], [-1]])
  func aHugeDeclaredConstantIsRefused(_ shape: [Int]) throws {
    try everyCommandRefuses(
      Message.model {
        $0.node("Add", ["x", "w"], ["y"])
        $0.floats("w", shape, count: 4)
        $0.input("x", [1])
        $0.output("y", [1])
      }, says: ["'w'", "\(shape[0])"])
  }

  @Test func hugeComputedSizesAreRefused() throws {
    let models = [
      "ConstantOfShape": Network.node("ConstantOfShape", ["c"], constant: [1 << 20, 1 << 20]),
      "Expand": Network.node("Expand", ["x", "c"], constant: [1 << 40, 1, 1, 1]),
      "Tile": Network.node("Tile", ["x", "c"], constant: [1, 1, 1 << 30, 1 << 30]),
      "Pad": Network.node("Pad", ["x", "c"], constant: [0, 0, 0, 0, 0, 0, 1 << 40, 0]),
    ]
    for (op, model) in models { try everyCommandRefuses(model, says: ["\(op)_y", "larger than"]) }
  }

  /// Sizes that are found out only when the model is to be run: reading and cutting need no memory for them.
  @Test(arguments: [1_000_000_000, 100_000])
  func aHugeResizeOrInputIsNotRun(_ side: Int) throws {
    let models = [
      Network.node("Resize", ["x", "", "", "c"], constant: [1, 3, side, side]),
      Network.node("Relu", ["x"], constant: [1], input: [1, 3, side, side]),
    ]
    for model in models {
      try Workplace.with { place in
        try place.file("m.onnx", model)
        try place.file("in.safetensors", Tensors.zeros("x", [1, 3, 8, 8]))
        try place.refuses(["simplify", "m.onnx", "o.onnx"], says: ["m.onnx", "\(side)"])
        try place.refuses(
          ["detect", "m.onnx", try place.file("p.bmp", Picture.bmp(width: 8, height: 8))],
          says: ["m.onnx", "not understood"])
      }
    }
    for executor in ["compiled", "interpreter"] {
      try Workplace.with { place in
        try place.file("m.onnx", models[0])
        try place.file("in.safetensors", Tensors.zeros("x", [1, 3, 8, 8]))
        try place.refuses(
          [
            "run", "m.onnx", "--input", "in.safetensors", "--output", "o.safetensors",
            "--executor", executor,
          ], says: ["m.onnx", "larger than"])
      }
    }
  }

  @Test func anUnknownOperatorIsNamedKeptAndNotRun() throws {
    try Workplace.with { place in
      try place.file("m.onnx", Network.unknownOperator)
      try place.file("p.bmp", Picture.bmp(width: 8, height: 8))
      let inspected = try place.run(["inspect", "m.onnx"])
      #expect(inspected.status == 0)
      #expect(inspected.output.contains("unknown      com.acme.Frobnicate"))

      try place.refuses(
        ["detect", "m.onnx", "p.bmp", "--output", "found"],
        says: ["m.onnx", "Frobnicate_odd", "com.acme.Frobnicate", "standard ONNX operators"])

      let simplified = try place.run(["simplify", "m.onnx", "simple.onnx"])
      #expect(simplified.status == 0, "\(simplified.errors)")
      #expect(simplified.output.contains("not checked"))
      let cut = try place.run(["cut", "m.onnx", "cut.onnx", "--outputs", "output0"])
      #expect(cut.status == 0, "\(cut.errors)")
      for written in ["simple.onnx", "cut.onnx"] {
        let again = try place.run(["inspect", written])
        #expect(again.output.contains("com.acme.Frobnicate"), "\(again.errors)")
      }
    }
  }

  @Test(arguments: ["param", "bin", "tflite", "engine", "xml"])
  func filesOfOtherToolsAreToldByTheirEnding(_ ending: String) throws {
    try Workplace.with { place in
      let name = try place.file("net.\(ending)", Array("7767517\n75 83\n".utf8))
      try place.refuses(["inspect", name], says: [name, "does not read", ".onnx"])
    }
  }

  @Test func textFoldersAndMissingFilesAreNoModels() throws {
    try Workplace.with { place in
      try place.file("p.bmp", Picture.bmp(width: 8, height: 8))
      try place.file("m.onnx", Array("This is a letter, not a model.\n".utf8))
      try place.file("m.pt", Array("This is a letter, not a model.\n".utf8))
      try FileManager.default.createDirectory(
        at: place.folder.appendingPathComponent("d.onnx"), withIntermediateDirectories: true)
      for (model, words) in [
        "m.onnx": ["no ONNX model"], "m.pt": ["torch.save"], "d.onnx": ["is a folder"],
        "absent.onnx": ["no such file"], "": ["no such file"],
      ] {
        try place.refuses(["inspect", model], says: [model] + words)
        try place.refuses(["detect", model, "p.bmp", "--output", "found"], says: [model] + words)
      }
    }
  }

  /// The fixtures of the passes are whole detectors with all that real exports have.
  @Test(arguments: ["v70", "three", "topk"])
  func truncatedExportsAreRefused(_ name: String) throws {
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("ApusPassesTests/Fixtures")
    let whole = [UInt8](try Data(contentsOf: fixtures.appendingPathComponent("\(name).onnx")))
    try Workplace.with { place in
      for part in 1..<16 {
        try place.file("m.onnx", Array(whole[..<(whole.count * part / 16)]))
        try place.refuses(["cut", "m.onnx", "o.onnx"], says: ["m.onnx"])
      }
    }
  }
}
