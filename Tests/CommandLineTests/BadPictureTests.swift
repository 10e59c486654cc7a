import Foundation
import Testing

/// Pictures and lists of pictures that are damaged, missing or of unusual size.
@Suite struct BadPictureTests {
  private func detect(_ sources: String..., options: [String] = []) -> [String] {
    ["detect", "net.onnx"] + sources + ["--output", "found"] + options
  }

  private func withDetector(_ body: (Workplace) throws -> Void) throws {
    try Workplace.with { place in
      try place.file("net.onnx", Network.detector())
      try body(place)
    }
  }

  @Test func damagedPicturesAreRefusedAndLeaveNothing() throws {
    let whole = Picture.bmp(width: 40, height: 30)
    let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 0, 16]
    let pictures: [String: [UInt8]] = [
      "cut.bmp": Array(whole.dropLast(100)), "head.bmp": Array(whole.prefix(20)), "empty.jpg": [],
      "cut.jpg": jpeg, "letter.jpg": Array("hello".utf8),
      "cut.png": Array(Picture.pngHeader(width: 4, height: 4).prefix(20)),
      "bare.png": Picture.pngHeader(width: 4, height: 4),
      "cut.webp": Array("RIFF\u{10}\0\0\0WEBPVP8 ".utf8),
    ]
    try withDetector { place in
      for (name, bytes) in pictures {
        try place.file(name, bytes)
        try place.refuses(detect(name), says: [name, "expected"])
        try place.refuses(detect(name, options: ["--json"]), says: [name, "expected"])
      }
    }
  }

  @Test func hugeDeclaredSizesAreRefusedBeforeTheirMemoryIsTaken() throws {
    let pictures: [String: [UInt8]] = [
      "huge.bmp": Picture.bmpHeader(width: 60_000, height: 60_000),
      "huge.png": Picture.pngHeader(width: 60_000, height: 60_000),
      "longest.png": Picture.pngHeader(width: 0x7FFF_FFFF, height: 0x7FFF_FFFF),
      "none.png": Picture.pngHeader(width: 0, height: 5),
    ]
    try withDetector { place in
      for (name, bytes) in pictures {
        try place.file(name, bytes)
        var setting = Apus.Setting()
        setting.memory = 2 << 20
        try place.refuses(detect(name), says: [name, "expected", " x "], setting)
      }
    }
  }

  @Test(arguments: [(1, 1), (20_000, 1), (1, 3000)])
  func theSmallestAndTheThinnestPicturesWork(_ width: Int, _ height: Int) throws {
    try withDetector { place in
      try place.file("p.bmp", Picture.bmp(width: width, height: height))
      let result = try place.run(detect("p.bmp"))
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("\(width)x\(height)"))
      #expect(try place.contents()["found/p.jpg"]?.isEmpty == false)
    }
  }

  @Test func thePictureOf20000By10000Works() throws {
    try withDetector { place in
      try place.file("p.bmp", Picture.runLengthBMP(width: 20_000, height: 10_000))
      let result = try place.run(detect("p.bmp"))
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("20000x10000"))
      #expect(try place.contents()["found/p.jpg"]?.isEmpty == false)
    }
  }

  @Test func sourcesThatNameNothingAreRefused() throws {
    try withDetector { place in
      try FileManager.default.createDirectory(
        at: place.folder.appendingPathComponent("album"), withIntermediateDirectories: true)
      try place.refuses(detect("album"), says: ["album", "no picture", "jpg"])
      try place.file("album/notes.md", Array("notes".utf8))
      try place.refuses(detect("album"), says: ["album", "no picture", "jpg"])
      try place.refuses(detect("absent.jpg"), says: ["absent.jpg", "no such file"])
      try place.refuses(detect("*.jpg"), says: ["*.jpg", "matches no file"])
      try place.refuses(detect("-", "-"), status: 2, says: ["standard input", "once"])
    }
  }

  @Test func badListsSayTheLine() throws {
    try withDetector { place in
      try place.file("p.bmp", Picture.bmp(width: 8, height: 8))
      try place.file("latin.txt", [0xFF, 0xFE, 0x80, 0x0A])
      try place.refuses(detect("latin.txt"), says: ["latin.txt", "UTF-8", "one path a line"])
      try place.file("gone.txt", Array("p.bmp\n\ngone.jpg\n".utf8))
      try place.refuses(detect("gone.txt"), says: ["gone.txt", "line 3", "gone.jpg"])
      try place.file("self.txt", Array("self.txt\n".utf8))
      try place.refuses(detect("self.txt"), says: ["self.txt", "line 1", "list"])
      try place.file("blank.txt", Array("# nothing\n\n".utf8))
      try place.refuses(detect("blank.txt"), says: ["blank.txt", "empty", "one path a line"])
    }
  }

  @Test func emptyStandardInputIsSaidToBeEmpty() throws {
    try withDetector { place in
      try place.refuses(detect("-"), says: ["standard input is empty", "apus detect"])
      var setting = Apus.Setting()
      setting.input = Data("hello".utf8)
      try place.refuses(detect("-"), says: ["standard input", "JPEG"], setting)
      setting.input = Data(Picture.bmp(width: 8, height: 8))
      #expect(try place.run(detect("-"), setting).status == 0)
    }
  }

  /// One bad picture among many does not stop the others, and the exit code tells.
  @Test func theGoodPicturesOfManyAreDone() throws {
    try withDetector { place in
      try place.file("good.bmp", Picture.bmp(width: 8, height: 8))
      try place.file("bad.bmp", Picture.bmpHeader(width: 8, height: 8))
      let result = try place.run(detect("bad.bmp", "good.bmp", options: ["--json"]))
      #expect(result.status == 1)
      #expect(result.errors.contains("1 of 2 sources failed"))
      #expect(result.errors.contains("bad.bmp"))
      #expect(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) is [Any])
      #expect(try place.contents().keys.contains("found/good.jpg"))
      #expect(try !place.contents().keys.contains("found/bad.jpg"))
    }
  }
}
