import ApusDatasets
import ApusImage
import Foundation
import Testing

@Suite struct PictureCheckTests {
  @Test(arguments: DatasetFormat.allCases)
  func aGoodSetHasNothingToFind(_ format: DatasetFormat) throws {
    let report = try CheckedSet(format).check().report
    #expect(report.findings.isEmpty, "\(report.findings)")
    #expect(report.counts.isEmpty && report.count(.error) == 0 && report.notes.isEmpty)
    #expect(report.pictures == 6 && report.labels == 12 && report.classes == 2)
    #expect(report.backgrounds == 0 && report.splits == ["train": 4, "val": 2])
    #expect(report.decoded == 6 && report.reused == 0 && report.format == format.rawValue)
  }

  @Test(arguments: DatasetFormat.allCases)
  func missingPictures(_ format: DatasetFormat) throws {
    let set = try CheckedSet(format)
    try FileManager.default.removeItem(at: set.picture(1))
    let found = try set.findings()
    #expect(found.kinds == ["missing-picture"], "\(found)")
    #expect(found.has(.missingPicture, set.labels(1)))
  }

  @Test(arguments: DatasetFormat.allCases, [1, 2, 3])
  func corruptPictures(_ format: DatasetFormat, _ way: Int) throws {
    let set = try CheckedSet(format)
    let jpeg = try noise(2).encoded(as: .jpeg())
    var bytes = way == 1 ? jpeg : try noise(2).encoded(as: .png)
    switch way {
    // Cut off after the header, so that only decoding tells.
    case 1, 2: bytes.removeLast(bytes.count / 3)
    default: bytes = Array("no picture at all".utf8)
    }
    try Data(bytes).write(to: set.picture(1))
    let found = try set.findings()
    #expect(found.has(.corruptPicture, set.picture(1)), "\(found)")
    #expect(found.count { $0.kind == .corruptPicture } == 1, "\(found)")
    #expect(found.allSatisfy { $0.severity != .error || $0.kind == .corruptPicture }, "\(found)")
  }

  @Test func damageInTheMiddleIsFound() throws {
    let set = try CheckedSet(.coco)
    var bytes = try noise(2).encoded(as: .png)
    bytes[bytes.count / 2] ^= 0xff
    try Data(bytes).write(to: set.picture(1))
    #expect(try set.findings().has(.corruptPicture, set.picture(1)))
  }

  @Test func emptyFilesAndFoldersAreNoPictures() throws {
    let set = try CheckedSet(.voc)
    try Data().write(to: set.picture(0))
    try FileManager.default.removeItem(at: set.picture(1))
    try FileManager.default.createDirectory(at: set.picture(1), withIntermediateDirectories: true)
    let found = try set.findings()
    #expect(found.has(.corruptPicture, set.picture(0), "no bytes"))
    #expect(found.has(.unreadablePicture, set.picture(1)))
  }

  @Test(arguments: [DatasetFormat.yolo, .coco, .voc])
  func wrongEndings(_ format: DatasetFormat) throws {
    let set = try CheckedSet(format) { set in
      let path = (set.pictures[2].path ?? "") + ".jpg"
      try FileManager.default.copyItem(atPath: set.pictures[2].path ?? "", toPath: path)
      (set.pictures[2].path, set.pictures[2].file) = (path, "2.jpg")
    }
    let found = try set.findings()
    #expect(found.kinds == ["wrong-ending"], "\(found)")
    #expect(
      found.has(.wrongEnding, set.picture(2, ending: "jpg"), "a PNG with the ending of a JPEG"))
    #expect(found.allSatisfy { $0.severity == .warning })
  }

  @Test(arguments: [DatasetFormat.coco, .voc, .labelme])
  func sizesThatDiffer(_ format: DatasetFormat) throws {
    let set = try CheckedSet(format) { $0.pictures[3].width = 65 }
    let found = try set.findings()
    #expect(found.kinds == ["size-mismatch"], "\(found)")
    #expect(found.has(.sizeMismatch, set.labels(3), "65 x 48, but 3.png is 64 x 48"))
  }

  /// A JPEG whose EXIF block has an orientation and nothing else.
  static func jpeg(_ image: Image, orientation: UInt8) throws -> [UInt8] {
    let tiff: [UInt8] = [
      0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0,
      0,
    ]
    let body = Array("Exif\0\0".utf8) + tiff
    let bytes = try image.encoded(as: .jpeg())
    return bytes[..<2] + [0xff, 0xe1, 0, UInt8(body.count + 2)] + body + bytes[2...]
  }

  @Test(arguments: [DatasetFormat.coco, .voc])
  func orientationsThatLabelsDoNotKnow(_ format: DatasetFormat) throws {
    let set = try CheckedSet(format)
    try Data(Self.jpeg(noise(3), orientation: 6)).write(to: set.picture(2))
    try Data(Self.jpeg(noise(2), orientation: 3)).write(to: set.picture(1))
    try Data(Self.jpeg(noise(1), orientation: 1)).write(to: set.picture(0))
    let found = try set.findings().filter { $0.kind == .orientation }
    #expect(found.has(.orientation, set.labels(2), "64 x 48, the size as stored"))
    #expect(found.has(.orientation, set.picture(1), "orientation 3"))
    #expect(found.map(\.severity) == [.error, .warning])
  }

  @Test func orientationsThatLabelsKnowAreANote() throws {
    let set = try CheckedSet(.coco) { set in
      (set.pictures[2].width, set.pictures[2].height) = (48, 64)
      set.annotations.removeAll { $0.pictureID == 3 && $0.classID == 1 }
    }
    try Data(Self.jpeg(noise(3), orientation: 6)).write(to: set.picture(2))
    let found = try set.findings().filter { $0.kind == .orientation }
    #expect(found.map(\.severity) == [.note] && found.has(.orientation, set.picture(2)))
  }

  @Test(arguments: [DatasetFormat.yolo, .voc])
  func oddShapesAndColours(_ format: DatasetFormat) throws {
    let set = try CheckedSet(format) { set in
      for (index, width) in [(0, 24), (1, 400), (2, 9)] {
        try noise(UInt64(index) + 9, width: width, height: 40).write(
          to: set.pictures[index].path ?? "")
        (set.pictures[index].width, set.pictures[index].height) = (width, 40)
      }
      set.annotations.removeAll { $0.pictureID <= 3 }
      try noise(4).converted(to: .gray).write(to: set.pictures[3].path ?? "")
      try noise(5).converted(to: .rgba).write(to: set.pictures[4].path ?? "")
    }
    let found = try set.findings().filter {
      !["background-picture", "missing-label"].contains($0.kind.rawValue)
    }
    #expect(found.kinds == ["color-model", "extreme-aspect", "small-picture"], "\(found)")
    #expect(found.has(.smallPicture, set.picture(0), "24 x 40"))
    #expect(found.first { $0.severity == .error }?.found == "9 x 40 pixels")
    #expect(found.has(.extremeAspect, set.picture(1), "400 x 40"))
    #expect(found.has(.colorModel, set.picture(3), "gray"))
    #expect(found.has(.colorModel, set.picture(4), "alpha"))
  }
}
