import Foundation
import Testing

/// Help, exit codes and the one clear error of bad command lines and bad files.
@Suite struct UsageTests {
  @Test(arguments: ["inspect", "export", "simplify", "cut", "detect", "bench"])
  func everyCommandHasHelpWithExamplesAndJSON(_ command: String) throws {
    let result = try Apus.run([command, "--help"])
    #expect(result.status == 0)
    #expect(result.output.contains("Examples:"))
    #expect(result.output.contains("--json"))
    #expect(result.output.contains("apus \(command)"))
  }

  @Test(arguments: [
    ["detect"], ["nonsense"], ["inspect"], ["export", "a.pt", "--opset", "3"],
    ["detect", "a.pt", "b.jpg", "--threads", "0"], ["detect", "a.pt", "b.jpg", "--iou", "2"],
    ["detect", "a.pt", "b.jpg", "--image-size", "640x"], ["simplify", "a.onnx"],
    ["export", "a.pt", "--from", "b.pt"],
  ])
  func aCommandLineThatMakesNoSenseEndsWithTwo(_ arguments: [String]) throws {
    let result = try Apus.run(arguments)
    #expect(result.status == 2, "\(result.errors)")
    #expect(!result.errors.isEmpty)
    #expect(result.output.isEmpty)
  }

  @Test(arguments: [
    ["inspect", "missing.pt"], ["export", "missing.pt"], ["simplify", "missing.onnx", "x.onnx"],
    ["cut", "missing.onnx"], ["detect", "missing.pt", "missing.jpg"],
  ])
  func aMissingFileEndsWithOneAndIsNamed(_ arguments: [String]) throws {
    let result = try Apus.run(arguments)
    #expect(result.status == 1)
    #expect(result.errors.contains("missing"))
    #expect(result.errors.hasPrefix("apus: error: "))
  }

  @Test func filesThatAreNoModelsAreRefused() throws {
    try Apus.withFolder { folder in
      let contents: [String: Data] = [
        "empty.onnx": Data(), "text.onnx": Data("this is not a model\n".utf8),
        "zip.pt": Data([0x50, 0x4B, 3, 4, 0, 0]), "pickle.pt": Data([0x80, 2, 0x63]),
        "zeros.onnx": Data(count: 64),
      ]
      for (name, data) in contents {
        let file = folder.appendingPathComponent(name)
        try data.write(to: file)
        let result = try Apus.run(["inspect", file.path])
        #expect(result.status == 1, "\(name): \(result.output)\(result.errors)")
        #expect(result.errors.contains(name), "\(result.errors)")
      }
      let result = try Apus.run(["inspect", folder.path])
      #expect(result.status == 1)
      #expect(result.errors.contains("folder"))
    }
  }

  /// A pickle whose loading would run `os.system`: protocol 2, REDUCE of `posix.system`.
  @Test func aPickleThatTriesToRunCodeRunsNothing() throws {
    try Apus.withFolder { folder in
      let canary = folder.appendingPathComponent("canary")
      let command = Array("touch \(canary.path)".utf8)
      var pickle: [UInt8] = [0x80, 2] + Array("cos\nsystem\n".utf8)
      pickle += [0x58] + withUnsafeBytes(of: UInt32(command.count).littleEndian, Array.init)
      pickle += command + [0x85, 0x52, 0x2E]
      let file = folder.appendingPathComponent("evil.pt")
      try Data(pickle).write(to: file)
      let result = try Apus.run(["inspect", file.path])
      #expect(result.status == 1)
      #expect(!FileManager.default.fileExists(atPath: canary.path))
    }
  }

  @Test func theVersionIsTheChangelogs() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let changelog = try String(
      contentsOf: root.appendingPathComponent("CHANGELOG.md"), encoding: .utf8)
    let printed = try Apus.run(["--version"]).output
    let version = printed.trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(changelog.contains("## \(version) "))
  }
}
