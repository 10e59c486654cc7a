import Foundation
import Testing

/// The order of layers, as `Tools/check-layers` enforces it.
@Suite struct LayeringTests {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func check(_ root: URL) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [Self.root.appendingPathComponent("Tools/check-layers").path, root.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }

  /// A small tree with the given table rows and files.
  static func withTree(
    rows: [String], files: [String: String], _ body: (URL) throws -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("apus-layers-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let all = files.merging(["Documentation/Architecture.md": rows.joined(separator: "\n")]) {
      first, _ in first
    }
    for (path, text) in all {
      let file = folder.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("Tests"), withIntermediateDirectories: true)
    try body(folder)
  }

  @Test func thisRepositoryIsInOrder() throws {
    let result = try Self.check(Self.root)
    #expect(result.status == 0, "\(result.output)")
  }

  @Test(arguments: ["import Upper", "public import Upper", "package import struct Upper.Thing"])
  func importingUpwardsFails(_ statement: String) throws {
    try Self.withTree(
      rows: ["| 0 | `Lower` | x |", "| 1 | `Upper` | x |"],
      files: ["Sources/Lower/a.swift": "\(statement)\n", "Sources/Upper/b.swift": "import Lower\n"]
    ) { root in
      let result = try Self.check(root)
      #expect(result.status == 1)
      #expect(result.output.contains("Lower (layer 0) must not import Upper (layer 1)"))
    }
  }

  @Test func importingASiblingOfTheSameLayerFails() throws {
    try Self.withTree(
      rows: ["| 1 | `One` | x |", "| 1 | `Two` | x |"],
      files: ["Sources/One/a.swift": "import Two\n", "Sources/Two/b.swift": "\n"]
    ) { root in
      let result = try Self.check(root)
      #expect(result.status == 1)
    }
  }

  @Test func aTargetWithoutARowFails() throws {
    try Self.withTree(
      rows: ["| 0 | `One` | x |"],
      files: [
        "Sources/One/a.swift": "\n", "Sources/Two/b.swift": "\n",
      ]
    ) { root in
      let result = try Self.check(root)
      #expect(result.status == 1)
      #expect(result.output.contains("Sources/Two"))
    }
  }

  @Test func vagueNamesAndLongFilesFail() throws {
    let long = String(repeating: "\n", count: 501)
    try Self.withTree(
      rows: ["| 0 | `One` | x |"],
      files: [
        "Sources/One/StringUtils.swift": "\n", "Sources/One/Long.swift": long,
      ]
    ) { root in
      let result = try Self.check(root)
      #expect(result.status == 1)
      #expect(result.output.contains("501 lines"))
    }
    try Self.withTree(rows: ["| 0 | `One` | x |"], files: ["Sources/One/Utils.swift": "\n"]) {
      root in
      let result = try Self.check(root)
      #expect(result.output.contains("does not say what is inside"))
    }
  }
}
