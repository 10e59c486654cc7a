import ApusMetrics
import ApusToolkit
import Foundation
import Testing

/// Folders of YOLO text as detections.
struct YOLOResultReadingTests {
  /// Reads a folder of these files.
  private static func read(_ files: [String: String]) throws -> ResultSet {
    try EvaluationFixture.withFolder { folder in
      for (name, text) in files {
        let file = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
      }
      return try ResultSet(reading: folder.path, on: EvaluationFixture.data())
    }
  }

  @Test func files() throws {
    let found = try Self.read([
      "000007.txt": "1 0.5 0.5 0.2 0.5 0.875\r\n\n  0\t0.25 0.25 0.5 0.5 1e-3",
      "sub/b.txt": "", "classes.txt": "person\ndog\n",
    ])
    #expect(
      found.detections == [
        COCODetection(
          imageID: 7, categoryID: 18, x: 40, y: 20, width: 20, height: 40, score: 0.875),
        COCODetection(imageID: 7, categoryID: 1, x: 0, y: 0, width: 50, height: 40, score: 0.001),
      ])
    #expect(found.notes.count == 1)
    #expect(found.notes[0].contains("1 of 3 pictures"))
  }

  @Test(arguments: [
    (["nobody.txt": ""], ["nobody.txt", "no picture of this name"]),
    (["b.txt": "", "sub/b.txt": ""], ["same picture"]),
    (["b.txt": "0 0.5 0.5 0.2 0.5"], ["b.txt', line 1", "5 numbers", "--save-conf"]),
    (["b.txt": "\n0 0.5 0.5 0.2 0.5 0.5 0.5"], ["line 2", "7 numbers"]),
    (["b.txt": "2 0.5 0.5 0.2 0.5 0.5"], ["line 1", "class 2", "0 to 1"]),
    (["b.txt": "0.5 0.5 0.5 0.2 0.5 0.5"], ["class 0.5"]),
    (["b.txt": "0 0.5 0.5 0.2 0.5 nan"], ["finite numbers", "nan"]),
    (["b.txt": "0 0.5 0.5 0.2 0.5 1e999"], ["finite numbers"]),
    (["b.txt": "0 0.5 0.5 0.2 0.5 0.5x"], ["finite numbers", "0.5x"]),
    (["b.txt": "dog 0.5 0.5 0.2 0.5 0.5"], ["finite numbers", "dog"]),
    (["b.txt": "0 50 40 20 30 0.5"], ["shares of the picture"]),
    (["b.txt": "0 0.5 0.5 -0.2 0.5 0.5"], ["shares of the picture"]),
    (["b.json": "[]"], ["no .txt file"]),
    ([:], ["no .txt file"]),
  ])
  func badFolders(_ files: [String: String], _ words: [String]) throws {
    let error = #expect(throws: ApusError.self) { try Self.read(files) }
    let message = try #require(error?.message)
    for word in words { #expect(message.contains(word), "\(files): \(message)") }
  }
}
