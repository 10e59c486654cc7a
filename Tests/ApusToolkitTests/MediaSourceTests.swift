import ApusToolkit
import Foundation
import Testing

/// What the arguments of `apus detect` name.
@Suite struct MediaSourceTests {
  static func withFolder(_ files: [String: String], _ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("apus-sources-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files {
      try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }
    try body(folder.path)
  }

  @Test func aFolderGivesItsPicturesAndVideosInOrder() throws {
    try Self.withFolder(["b.JPG": "", "a.png": "", "c.mp4": "", "notes.md": ""]) { folder in
      let found = try MediaSource.resolve([folder])
      #expect(
        found == [
          .picture(path: "\(folder)/a.png"), .picture(path: "\(folder)/b.JPG"),
          .video(path: "\(folder)/c.mp4"),
        ])
    }
  }

  @Test func anEmptyFolderIsAnErrorThatNamesIt() throws {
    try Self.withFolder(["notes.md": ""]) { folder in
      let error = #expect(throws: ApusError.self) { try MediaSource.resolve([folder]) }
      #expect(error?.message.contains(folder) == true)
      #expect(error?.message.contains("no picture") == true)
    }
  }

  @Test func globsAndListsAreFollowed() throws {
    try Self.withFolder(
      ["a.png": "", "b.png": "", "list.txt": "# two\na.png\n\nb.png\n", "self.txt": "list.txt"]
    ) { folder in
      let both: [MediaSource] = [
        .picture(path: "\(folder)/a.png"), .picture(path: "\(folder)/b.png"),
      ]
      let matched = try MediaSource.resolve(["\(folder)/*.png"])
      #expect(matched == both)
      let listed = try MediaSource.resolve(["\(folder)/list.txt"])
      #expect(listed == both)
      #expect(throws: ApusError.self) { try MediaSource.resolve(["\(folder)/self.txt"]) }
      #expect(throws: ApusError.self) { try MediaSource.resolve(["\(folder)/*.webp"]) }
    }
  }

  @Test func aListNamesTheLineOfAMissingFile() throws {
    try Self.withFolder(["list.txt": "\nmissing.png\n"]) { folder in
      let error = #expect(throws: ApusError.self) {
        try MediaSource.resolve(["\(folder)/list.txt"])
      }
      #expect(error?.message.contains("line 2") == true)
    }
  }

  @Test func standardInputIsGivenOnce() throws {
    #expect(try MediaSource.resolve(["-"]) == [.standardInput])
    let error = #expect(throws: ApusError.self) { try MediaSource.resolve(["-", "-"]) }
    #expect(error?.kind == .usage)
  }
}
