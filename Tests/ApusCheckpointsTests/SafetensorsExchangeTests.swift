import ApusCheckpoints
import Foundation
import Testing

/// Where the script puts its files.
private enum Exchange {
  static let folder = ProcessInfo.processInfo.environment["APUS_SAFETENSORS_FOLDER"]
}

/// The Swift half of `Tools/conformance/safetensors_files.py`.
@Suite(
  "Files exchanged with the PyPI package",
  .enabled(
    if: Exchange.folder != nil,
    "run by Tools/conformance/safetensors_files.py, which sets APUS_SAFETENSORS_FOLDER"))
struct SafetensorsExchangeTests {
  @Test func readsAndWritesEachFile() throws {
    let folder = URL(fileURLWithPath: try #require(Exchange.folder), isDirectory: true)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let inputs = names.filter { $0.hasSuffix(".in.safetensors") }
    #expect(!inputs.isEmpty)
    for name in inputs {
      let file = try SafetensorsFile(path: folder.appendingPathComponent(name).path)
      let output = name.replacing(".in.safetensors", with: ".out.safetensors")
      try file.write(path: folder.appendingPathComponent(output).path)
    }
  }
}
