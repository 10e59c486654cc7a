import ApusPlan
import ApusRuntime
import ApusTensor
import Foundation
import Testing

/// Bytes that lie beside a plan in its file.
@Suite struct PlanSectionTests {
  static let content = (0..<3 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
  let input = Tensor(
    (0..<SamplePlan.count).map { Float($0 % 89) / 89 },
    shape: [SamplePlan.images, SamplePlan.channels, SamplePlan.side, SamplePlan.side])

  private func bytes(_ content: [UInt8] = content) throws -> [UInt8] {
    try PlanFile.bytes(of: SamplePlan.plan, section: ("extra", content))
  }

  @Test(arguments: [1, 4095, 4096, 4097])
  func isReadAsItWasWritten(_ count: Int) throws {
    let content = Array(Self.content.prefix(count))
    let written = try bytes(content)
    var file: TemporaryPlan? = try TemporaryPlan(written)
    let (plan, found) = try PlanFile.open(try #require(file).path)
    let section = try #require(found)
    file = nil
    #expect(section.name == "extra" && section.count == count)
    #expect(try section.bytes() == content)
    #expect(try PlanFile.bytes(of: plan, section: (section.name, section.bytes())) == written)
    let plain = try PlanFile.bytes(of: SamplePlan.plan)
    #expect(try PlanFile.bytes(of: plan) == plain)
    #expect(written.count >= plain.count + count && written.count < plain.count + count + 4096)
    let plainFile = try TemporaryPlan(plain)
    #expect(try PlanFile.open(plainFile.path).section == nil)
  }

  /// A plan runs whatever became of the bytes beside it; who asks for them is told.
  @Test func damageIsFoundOnlyByWhoReadsIt() throws {
    let expected = try Session(SamplePlan.plan).run(inputs: [input])
    let sound = try bytes()
    for place in [sound.count - Self.content.count, sound.count - 1, sound.count - 70_000] {
      var altered = sound
      altered[place] ^= 0x40
      let file = try TemporaryPlan(altered)
      let (plan, section) = try PlanFile.open(file.path)
      #expect(try Session(plan).run(inputs: [input]) == expected)
      let error = #expect(throws: PlanFileError.self) { _ = try section?.bytes() }
      #expect(error?.code == .checksum)
      for word in [file.path, "'extra'", "altered", "apus compile"] {
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
      }
    }
  }

  @Test func fieldsThatDoNotFitAreRefused() throws {
    let sound = try bytes()
    let plain = try PlanFile.bytes(of: SamplePlan.plan)
    let cases: [(name: String, bytes: [UInt8], change: (inout [UInt8]) -> Void)] = [
      ("a shorter section", sound, { $0[72] ^= 1 }),
      ("a section beyond all files", sound, { $0[79] = 0x7F }),
      ("no bytes", sound, { $0.replaceSubrange(72..<80, with: [UInt8](repeating: 0, count: 8)) }),
      ("a name with a line end", sound, { $0[57] = 0x0A }),
      ("a name with a hole", sound, { $0[57] = 0 }),
      ("no name", sound, { $0.replaceSubrange(56..<72, with: [UInt8](repeating: 0, count: 16)) }),
      ("constants that end before", sound, { $0[41] &-= 16 }),
      ("a name of nothing", plain, { $0[56] = 0x61 }),
      ("bytes of no name", plain, { $0[72] = 1 }),
      ("a checksum of nothing", plain, { $0[80] = 1 }),
      ("constants that end before the file", plain, { $0[41] &-= 1 }),
    ]
    for (name, bytes, change) in cases {
      var altered = bytes
      change(&altered)
      seal(&altered)
      let file = try TemporaryPlan(altered)
      let error = #expect(throws: PlanFileError.self, "\(name)") {
        _ = try PlanFile.read(file.path)
      }
      #expect(error?.code == .checksum && error?.message.contains("do not fit") == true, "\(name)")
    }
  }

  @Test func filesThatEndWithinAreRefused() throws {
    let sound = try bytes()
    for count in [1, 5000, Self.content.count] {
      let file = try TemporaryPlan(Array(sound.dropLast(count)))
      let error = #expect(throws: PlanFileError.self) { _ = try PlanFile.read(file.path) }
      #expect(error?.code == .truncated)
    }
  }

  #if os(Linux)
    /// No page of the section comes into memory with the plan.
    @Test func staysOutOfMemory() throws {
      let file = try TemporaryPlan(bytes())
      let (plan, found) = try PlanFile.open(file.path)
      let section = try #require(found)
      _ = try Session(plan).run(inputs: [input])
      let main = try PlanFile.bytes(of: SamplePlan.plan).count
      // The section keeps the file mapped.
      try withExtendedLifetime(section) {
        let before = try residentBytes(file.path)
        #expect(before > 0 && before < main + 4096)
        _ = try section.bytes()
        #expect(try residentBytes(file.path) > Self.content.count)
      }
    }

    /// Bytes of the mappings of a file that are in memory.
    private func residentBytes(_ path: String) throws -> Int {
      // To the end: files of this kind come in parts, and state no size.
      let handle = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps"))
      let maps = String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
      var isOfFile = false
      var kibibytes = 0
      for line in maps.split(separator: "\n") {
        let words = line.split(separator: " ")
        if words.first?.contains("-") == true { isOfFile = line.contains(path) }
        if isOfFile, words.first == "Rss:" { kibibytes += Int(words[1]) ?? 0 }
      }
      return kibibytes << 10
    }
  #endif
}
