import ApusDatasets
import ApusDigest
import ApusImage
import Foundation
import Testing

@Suite struct CheckCacheTests {
  private func check(_ set: CheckedSet, verify: Bool = false) throws -> CheckReport {
    var options = DatasetCheck.Options()
    options.cache = set.folder["cache"]
    options.readsAll = verify
    return try DatasetCheck(set.url, options).report
  }

  private func counts(_ report: CheckReport) -> [Int] {
    [report.decoded, report.reused, report.verified]
  }

  /// Entries of files that changed less than a tenth of a second ago are not trusted.
  private func settle() { Thread.sleep(forTimeInterval: 0.2) }

  private func cacheFile(_ set: CheckedSet) throws -> URL {
    let folder = set.folder["cache/check"]
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first)
    return folder.appendingPathComponent(name)
  }

  @Test(arguments: DatasetFormat.allCases)
  func theSecondCheckReadsNoPicture(_ format: DatasetFormat) throws {
    let set = try CheckedSet(format)
    try Data("none".utf8).write(to: set.picture(1))
    settle()
    let first = try check(set)
    // YOLO has no other size than the picture's: one without a size is not in the data set at all.
    let count = format == .yolo ? 5 : 6
    #expect(counts(first) == [count, 0, 0])
    let second = try check(set)
    #expect(counts(second) == [0, count, 0])
    #expect(
      second.findings == first.findings && first.findings.has(.corruptPicture, set.picture(1)))
    // That nothing is read shows where nothing can be read.
    if getuid() != 0 {
      for index in 0..<6 {
        try FileManager.default.setAttributes(
          [.posixPermissions: 0], ofItemAtPath: set.picture(index).path)
      }
    }
    #expect(try counts(check(set, verify: true))[1] == 0)
  }

  @Test func changesAreSeen() throws {
    let set = try CheckedSet(.coco)
    settle()
    #expect(try counts(check(set)) == [6, 0, 0])
    // Labels are read every time.
    try set.replace("[8.0, 12.0, 16.0", "[8.0, 12.0, 0", in: set.labels(0))
    let relabelled = try check(set)
    #expect(counts(relabelled) == [0, 6, 0] && relabelled.findings.has(.zeroArea, set.labels(0)))
    // A file touched, but with the bytes it had, is read and not decoded.
    let path = set.picture(2).path
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 9)], ofItemAtPath: path)
    #expect(try counts(check(set)) == [0, 5, 1])
    try noise(80).write(to: path)
    settle()
    let changed = try check(set)
    #expect(counts(changed) == [1, 5, 0] && changed.findings == relabelled.findings)
    #expect(try counts(check(set)) == [0, 6, 0])
    #expect(try counts(check(set, verify: true)) == [0, 0, 6])
    // A data set without a picture it had forgets it.
    try FileManager.default.removeItem(atPath: path)
    #expect(try counts(check(set)) == [0, 5, 0])
  }

  @Test func aChangeOfBytesWithSizeAndTimeSetBackIsSeen() throws {
    let set = try CheckedSet(.coco)
    settle()
    _ = try check(set)
    let path = set.picture(3).path
    let old = try FileManager.default.attributesOfItem(atPath: path)
    var bytes = [UInt8](try Data(contentsOf: set.picture(3)))
    bytes[bytes.count / 2] ^= 0xff
    let handle = try FileHandle(forWritingTo: set.picture(3))
    try handle.write(contentsOf: Data(bytes))
    try handle.close()
    let date = try #require(old[.modificationDate] as? Date)
    try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    let new = try FileManager.default.attributesOfItem(atPath: path)
    #expect(new[.size] as? Int == old[.size] as? Int)
    let report = try check(set)
    #expect(counts(report) == [1, 5, 0] && report.findings.has(.corruptPicture, set.picture(3)))
  }

  @Test(arguments: 0..<6)
  func damagedCachesAreNotUsed(_ way: Int) throws {
    let set = try CheckedSet(.voc)
    settle()
    _ = try check(set)
    let file = try cacheFile(set)
    var bytes = [UInt8](try Data(contentsOf: file))
    switch way {
    case 0: bytes = []
    case 1: bytes[bytes.count / 2] ^= 1
    case 2: bytes.removeLast(40)
    case 3: bytes = Array("{\"version\": 1, \"pictures\": {}}".utf8)
    case 4: bytes = [UInt8](repeating: 0xff, count: 300)
    default: bytes = bytes[..<65] + [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
    }
    try Data(bytes).write(to: file)
    let report = try check(set)
    #expect(counts(report) == [6, 0, 0] && report.findings.isEmpty)
    #expect(report.notes.count == 1 && report.notes[0].contains("damaged"), "\(report.notes)")
    #expect(try counts(check(set)) == [0, 6, 0])
  }

  /// Bytes are changed, and the digest with them: what is left is what the reader checks.
  @Test(arguments: 1...5)
  func cachesOfAnyContentAreReadSafely(_ seed: Int) throws {
    let set = try CheckedSet(.yolo)
    settle()
    _ = try check(set)
    let file = try cacheFile(set)
    let body = [UInt8](try Data(contentsOf: file))[65...]
    var generator = Seeded(seed)
    for _ in 0..<40 {
      var bytes = Array(body)
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0:
          bytes[place] = Array("0123456789-e.\"{}[],".utf8).randomElement(using: &generator) ?? 0
        case 1: bytes.removeSubrange(place..<min(place + 9, bytes.count))
        default: bytes.insert(contentsOf: "99999999999999999999".utf8, at: place)
        }
      }
      try Data(Array(Digest.sha256(bytes).utf8) + [0x0a] + bytes).write(to: file)
      let report = try check(set)
      #expect(report.decoded + report.reused + report.verified >= 1)
    }
  }

  @Test func aFolderThatCannotBeWrittenIsANote() throws {
    let set = try CheckedSet(.yolo)
    try Data().write(to: set.folder["cache"])
    let report = try check(set)
    #expect(counts(report) == [6, 0, 0])
    #expect(report.notes.count == 1 && report.notes[0].contains("cannot be written"))
  }
}
