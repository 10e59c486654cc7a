import ApusDatasets
import ApusImage
import ApusMetrics
import ApusToolkit
import Foundation
import Testing

/// From what a result came: digests that tell changes, and nothing left out.
@Suite struct RunManifestTests {
  private static func dataset(_ folder: URL? = nil) -> Dataset {
    ValidationFixture.dataset(
      classes: ["cat", "dog"], pictures: ["a.png", "b.png"],
      objects: [.init(picture: 0, classID: 0), .init(picture: 1, classID: 1)], folder: folder)
  }

  private static func digest(_ dataset: Dataset, path: String = "data.yaml") throws -> String {
    let part = RunManifest.Part(try EvaluationData(dataset, path: path))
    #expect(part.role == "data" && part.path == path)
    #expect(part.sha256.count == 64 && part.sha256.allSatisfy(\.isHexDigit))
    return part.sha256
  }

  @Test func theSameDataHasTheSameDigestWhereverItLies() throws {
    let first = try Self.digest(Self.dataset())
    #expect(try Self.digest(Self.dataset()) == first)
    #expect(try Self.digest(Self.dataset(), path: "elsewhere/data.yaml") == first)
  }

  @Test func everyChangeChangesTheDigest() throws {
    var digests = [try Self.digest(Self.dataset())]
    func add(_ change: (inout Dataset) -> Void) throws {
      var dataset = Self.dataset()
      change(&dataset)
      digests.append(try Self.digest(dataset))
    }
    try add { $0.annotations[0].box.x += 0.001 }
    try add { $0.annotations[0].classID = 2 }
    try add { $0.annotations[0].isCrowd = true }
    try add { $0.annotations[0].area = 3 }
    try add { $0.annotations[0].pictureID = 2 }
    try add { $0.annotations.removeLast() }
    try add { $0.classes[1].name = "wolf" }
    try add { $0.pictures[1].file = "c.png" }
    try add { $0.pictures[1].width += 1 }
    try add { $0.pictures.swapAt(0, 1) }
    try add { data in
      for index in data.pictures.indices { data.pictures[index].splits = ["val"] }
    }
    #expect(Set(digests).count == digests.count)
  }

  @Test func aPictureOfAnotherSizeChangesTheDigest() throws {
    let folder = try ValidationFixture.folder(["a.png", "b.png"])
    defer { try? FileManager.default.removeItem(at: folder) }
    let first = try Self.digest(Self.dataset(folder))
    #expect(try Self.digest(Self.dataset(folder)) == first)
    let file = folder.appendingPathComponent("b.png")
    try (Data(contentsOf: file) + [0]).write(to: file)
    #expect(try Self.digest(Self.dataset(folder)) != first)
  }

  /// SHA-256 of "abc", of FIPS 180-2.
  @Test func filesHaveTheDigestOfTheirBytes() throws {
    try EvaluationFixture.withFolder { folder in
      let file = folder.appendingPathComponent("abc.pt").path
      try Data("abc".utf8).write(to: URL(fileURLWithPath: file))
      let part = try RunManifest.Part(role: "model", file: file)
      #expect(part.role == "model" && part.path == file)
      #expect(
        part.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
      let results = try RunManifest.Part(
        results: file, ResultSet(name: "abc", detections: []))
      #expect(results.role == "results" && results.sha256 == part.sha256)
      let error = #expect(throws: ApusError.self) {
        try RunManifest.Part(role: "model", file: folder.appendingPathComponent("gone").path)
      }
      #expect(error?.message.contains("gone") == true)
    }
  }

  /// Results of a folder go by their detections.
  @Test func foldersHaveTheDigestOfTheDetections() throws {
    try EvaluationFixture.withFolder { folder in
      func digest(_ score: Double) throws -> String {
        let results = ValidationFixture.results(
          [.init(picture: 0, classID: 0, score: score)], name: folder.path)
        return try RunManifest.Part(results: folder.path, results).sha256
      }
      let first = try digest(0.5)
      #expect(try digest(0.5) == first)
      #expect(try digest(0.5.nextUp) != first)
    }
  }

  @Test func theMachineAndTheTimeAreGathered() throws {
    let manifest = RunManifest.gather(
      command: ["apus", "val"], started: Date(timeIntervalSince1970: 1_769_860_800),
      parts: [], options: ["conf": "0.001"])
    #expect(manifest.started == "2026-01-31T12:00:00Z")
    #expect(manifest.version == ApusVersion.current)
    #expect(manifest.options == ["conf": "0.001"])
    #expect(Set(manifest.machine.keys) == ["processor", "cores", "memory", "system", "isa"])
    #expect(manifest.machine.values.allSatisfy { !$0.isEmpty })
    let memory = (manifest.machine["memory"] ?? "").split(separator: " ")
    #expect(memory.count == 2 && memory.last == "MiB")
    #expect(memory.first.flatMap { Int($0) } ?? 0 > 16)
  }
}
