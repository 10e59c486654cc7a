import ApusTestSupport
import Foundation
import Testing

/// Checkpoints that are damaged, hostile or of another family.
@Suite struct BadCheckpointTests {
  /// A pickle that would run `os.system(command)` where a loader executes it.
  private static func hostilePickle(_ command: String) -> [UInt8] {
    let text = Array(command.utf8)
    var pickle: [UInt8] = [0x80, 2] + Array("cposix\nsystem\n".utf8)
    pickle += [0x58] + withUnsafeBytes(of: UInt32(text.count).littleEndian, Array.init)
    return pickle + text + [0x85, 0x52, 0x2E]
  }

  @Test func codeInAPickleIsNamedAndNeverRun() throws {
    try Workplace.with { place in
      let canary = place.folder.appendingPathComponent("canary").path
      let pickle = Self.hostilePickle("touch '\(canary)'")
      try place.file("zip.pt", Archive.stored([("archive/data.pkl", pickle)]))
      try place.file("bare.pt", pickle)
      try place.file("text.pt", Array("cposix\nsystem\n(S'touch \(canary)'\ntR.".utf8))
      try place.file("p.bmp", Picture.bmp(width: 8, height: 8))
      for command in [
        ["inspect"], ["export", "--to", "o.onnx"], ["simplify", "o.onnx"], ["cut", "o.onnx"],
        ["detect", "p.bmp", "--output", "found"],
      ] {
        let rest = Array(command.dropFirst())
        try place.refuses(
          [command[0], "zip.pt"] + rest,
          says: ["zip.pt", "data.pkl", "byte", "posix.system", "Nothing was run"])
        try place.refuses([command[0], "bare.pt"] + rest, says: ["bare.pt"])
        try place.refuses([command[0], "text.pt"] + rest, says: ["text.pt"])
      }
    }
  }

  @Test func picklesThatAskForTooMuchAreRefused() throws {
    let nested: [UInt8] = [0x80, 2] + [UInt8](repeating: 0x5D, count: 100_000)
    let pickles: [String: [UInt8]] = [
      "length.pt": [0x80, 4, 0x8E] + [UInt8](repeating: 0xFF, count: 7) + [0x7F],
      "memo.pt": [0x80, 2, 0x72, 0xFF, 0xFF, 0xFF, 0x7F, 0x2E],
      "deep.pt": nested + [UInt8](repeating: 0x61, count: 99_999) + [0x2E],
      "empty.pt": [],
    ]
    try Workplace.with { place in
      for (name, pickle) in pickles {
        try place.file(name, Archive.stored([("archive/data.pkl", pickle)]))
        try place.refuses(["inspect", name], says: [name])
      }
      try place.file("other.pt", Archive.stored([("letter.txt", Array("hello".utf8))]))
      try place.refuses(["inspect", "other.pt"], says: ["other.pt", "data.pkl", "torch.save"])
    }
  }

  @Test(.enabled(if: Shared.isPresent, Comment(rawValue: Shared.absence)))
  func aDamagedCheckpointSaysWhereAndWhatToDo() throws {
    let whole = try Shared.bytes("models/yolov5/yolov5n.pt")
    try Workplace.with { place in
      for length in [1, 4, 30, 100, 10_000, 2_000_000, whole.count - 2000, whole.count - 1] {
        try place.file("cut.pt", Array(whole[..<length]))
        try place.refuses(["inspect", "cut.pt"], says: ["cut.pt"])
      }
      var flipped = whole
      flipped[20_000] ^= 4
      try place.file("flipped.pt", flipped)
      try place.refuses(
        ["export", "flipped.pt", "--to", "o.onnx"],
        says: ["flipped.pt", "archive/data", "damaged", "download it again"])
    }
  }

  @Test(
    .enabled(if: Shared.isPresent, Comment(rawValue: Shared.absence)),
    arguments: [
      ("models/nanodet/nanodet-m_320.ckpt", "NanoDet")
    ])
  func anotherFamilyIsNamed(_ file: String, _ family: String) throws {
    try Workplace.with { place in
      let path = Shared.file(file).path
      try place.file("p.bmp", Picture.bmp(width: 8, height: 8))
      for command in [
        ["inspect", path], ["export", path, "--to", "o.onnx"], ["detect", path, "p.bmp"],
      ] {
        try place.refuses(command, says: [path, family, "YOLOv5", "ONNX"])
      }
    }
  }

  @Test(.enabled(if: Shared.isPresent, Comment(rawValue: Shared.absence)))
  func sizesTheStrideDoesNotDivideAreRefused() throws {
    let path = Shared.file("models/yolov5/yolov5n.pt").path
    try Workplace.with { place in
      try place.file("p.bmp", Picture.bmp(width: 8, height: 8))
      for (size, near) in [("33", "32"), ("640x650", "640")] {
        try place.refuses(
          ["export", path, "--to", "o.onnx", "--image-size", size], status: 2,
          says: ["multiple of 32", near])
        try place.refuses(
          ["detect", path, "p.bmp", "--image-size", size], status: 2,
          says: ["multiple of 32", near])
      }
      try place.refuses(
        ["detect", path, "p.bmp", "--image-size", "16384"], says: [path, "larger than"])
      try place.file("names", Array("cat\ndog\n".utf8))
      try place.refuses(["detect", path, "p.bmp", "--names", "names"], says: [path, "80", "2"])
    }
  }
}
