import ApusTestSupport
import Foundation
import Testing

/// Where results go: nothing that is read, and nothing that was not named, is overwritten.
@Suite struct OutputTests {
  private func withModel(_ body: (Workplace) throws -> Void) throws {
    try Workplace.with { place in
      try place.file("net.onnx", Network.detector())
      try place.file("p.bmp", Picture.bmp(width: 8, height: 8))
      try body(place)
    }
  }

  /// A file as a folder, and the kernel's own file system: not even the superuser writes there.
  private static let unwritable = ["net.onnx/inside", "/proc/apus", "absent/deep"]

  @Test func filesThatCannotBeWrittenAreNamedWithTheirFolder() throws {
    try withModel { place in
      try place.file("in.safetensors", Tensors.zeros("images", [1, 3, 64, 64]))
      for folder in Self.unwritable {
        let target = "\(folder)/o.onnx"
        for command in [
          ["export", "net.onnx", "--to", target], ["simplify", "net.onnx", target],
          ["cut", "net.onnx", target, "--outputs", "mixed"],
          ["run", "net.onnx", "--input", "in.safetensors", "--output", target],
          ["inspect", "net.onnx", "--html", target],
        ] {
          try place.refuses(command, says: [target, "name another file"])
        }
      }
      try place.refuses(["export", "net.onnx", "--to", "."], says: ["'.'", "is a folder"])
      try place.refuses(["simplify", "net.onnx", ""], status: 2, says: ["no name"])
    }
  }

  @Test func foldersThatCannotBeWrittenAreNamed() throws {
    try withModel { place in
      for folder in ["net.onnx", "net.onnx/inside", "/proc/apus", "/proc"] {
        try place.refuses(
          ["detect", "net.onnx", "p.bmp", "--output", folder],
          says: ["'\(folder)'", "choose another with --output"])
      }
      try place.refuses(
        ["detect", "net.onnx", "p.bmp", "--output="], status: 2, says: ["--output"])
    }
  }

  @Test func theModelIsNeverOverwritten() throws {
    try withModel { place in
      try FileManager.default.createSymbolicLink(
        atPath: place.folder.appendingPathComponent("link.onnx").path,
        withDestinationPath: "net.onnx")
      for target in ["net.onnx", "./net.onnx", "link.onnx"] {
        for command in [
          ["export", "net.onnx", "--to", target], ["simplify", "net.onnx", target],
          ["cut", "net.onnx", target, "--outputs", "mixed"],
          ["inspect", "net.onnx", "--html", target],
        ] {
          try place.refuses(command, status: 2, says: [target, "would be overwritten"])
        }
      }
    }
  }

  @Test func picturesThatAreReadAreNeverOverwritten() throws {
    try withModel { place in
      // What stands in the file decides what it is, not its name.
      try place.file("photo.jpg", Picture.bmp(width: 8, height: 8))
      for folder in [".", "./", place.folder.path] {
        try place.refuses(
          ["detect", "net.onnx", "p.bmp", "photo.jpg", "--output", folder], status: 2,
          says: ["photo.jpg", "would be overwritten", "--output"])
      }
      let labels = try place.run(
        ["detect", "net.onnx", "photo.jpg", "--output", ".", "--save-txt", "--no-pictures"])
      #expect(labels.status == 0, "\(labels.errors)")
    }
  }

  /// A file nobody named may be another's work: an upstream export lies beside many a checkpoint.
  @Test func onlyNamedFilesAreReplaced() throws {
    try withModel { place in
      try place.file("net-heads.onnx", [1, 2, 3])
      try place.refuses(
        ["cut", "net.onnx", "--outputs", "mixed"], says: ["net-heads.onnx", "exists already"])
      let named = try place.run(["cut", "net.onnx", "net-heads.onnx", "--outputs", "mixed"])
      #expect(named.status == 0, "\(named.errors)")
      #expect(try place.run(["inspect", "net-heads.onnx"]).status == 0)
    }
  }

  @Test(.enabled(if: Shared.isPresent, Comment(rawValue: Shared.absence)))
  func anExportBesideTheCheckpointReplacesNothing() throws {
    try Workplace.with { place in
      try place.file("yolov5n.pt", try Shared.bytes("models/yolov5/yolov5n.pt"))
      try place.file("yolov5n.onnx", [1, 2, 3])
      try place.refuses(
        ["export", "yolov5n.pt"], says: ["yolov5n.onnx", "exists already", "--to"])
    }
  }

  @Test func aReaderThatGoesAwayIsNoError() throws {
    try withModel { place in
      var setting = Apus.Setting()
      setting.redirection = "| true"
      for command in [["inspect", "net.onnx"], ["inspect", "net.onnx", "--json"], ["--help"]] {
        let result = try place.run(command, setting)
        #expect(result.status == 0)
        #expect(result.errors.isEmpty, "\(result.errors)")
      }
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "there is no /dev/full"))
  func aFullDiskIsTold() throws {
    try withModel { place in
      var setting = Apus.Setting()
      setting.redirection = "> /dev/full"
      for command in [["inspect", "net.onnx"], ["inspect", "net.onnx", "--json"]] {
        try place.refuses(command, says: ["standard output", "space"], setting)
      }
    }
  }

  @Test func everyCommandPrintsValidJSON() throws {
    try withModel { place in
      try place.file("in.safetensors", Tensors.zeros("images", [1, 3, 64, 64]))
      for command in [
        ["inspect", "net.onnx"], ["inspect", "net.onnx", "--html", "page.html"],
        ["export", "net.onnx", "--to", "e.onnx"],
        ["simplify", "net.onnx", "s.onnx"], ["cut", "net.onnx", "c.onnx", "--outputs", "mixed"],
        ["detect", "net.onnx", "p.bmp"],
        ["run", "net.onnx", "--input", "in.safetensors", "--output", "o.safetensors"],
      ] {
        let result = try place.run(command + ["--json"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(throws: Never.self, "\(command)") {
          try JSONSerialization.jsonObject(with: Data(result.output.utf8))
        }
      }
    }
  }

  @Test func aPageStandsBesideTheTextAndReplacesTheLastOne() throws {
    try withModel { place in
      for options in [[], ["--json"]] {
        try place.file("page.html", [1, 2, 3])
        let plain = try place.run(["inspect", "net.onnx"] + options)
        let paged = try place.run(["inspect", "net.onnx", "--html", "page.html"] + options)
        #expect(paged.status == 0, "\(paged.errors)")
        #expect(paged.output == plain.output)
        let page = String(
          decoding: try Data(contentsOf: place.folder.appendingPathComponent("page.html")),
          as: UTF8.self)
        #expect(page.hasPrefix("<!DOCTYPE html>"))
        for text in ["net.onnx", "MaxPool_pooled", "1×8×2×2", "32×32 kernel"] {
          #expect(page.contains(text), "\(text)")
        }
      }
      #expect(try place.contents().keys.sorted() == ["net.onnx", "p.bmp", "page.html"])
    }
  }
}
