/// The first bytes of a plan file, checked against the rest of it.
struct PlanPreamble {
  /// The bytes of the description.
  let description: Range<Int>
  /// The bytes of the constants.
  let constants: Range<Int>
  /// The section behind them.
  let section: Section?

  /// What the preamble says of the section.
  struct Section {
    let name: String
    let range: Range<Int>
    let checksum: UInt64
  }

  /// Reads the preamble and checks sizes, and checksums but that of the section.
  init(_ bytes: UnsafeRawBufferPointer) throws(PlanFileError) {
    guard PlanFile.begins(bytes) else {
      throw PlanFileError(.format, "is no plan file: it does not begin with APUSPLAN")
    }
    guard bytes.count >= PlanFile.preambleCount else { throw Self.truncated(bytes.count, nil) }
    let version = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    guard version == PlanFile.version else {
      throw PlanFileError(
        .version,
        "is a plan file of version \(version), but this program reads version \(PlanFile.version)")
    }
    func word(_ offset: Int) -> UInt64 {
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    let (total, size) = (Int(clamping: word(16)), Int(clamping: word(24)))
    let (start, count) = (Int(clamping: word(32)), Int(clamping: word(40)))
    guard total == bytes.count else { throw Self.truncated(bytes.count, total) }
    guard size <= total - PlanFile.preambleCount, start % PlanFile.alignment == 0,
      start >= PlanFile.preambleCount + size, start <= total, count <= total - start
    else { throw Self.misfit }
    description = PlanFile.preambleCount..<PlanFile.preambleCount + size
    constants = start..<start + count
    section = try Self.section(bytes, from: start + count, count: word(72), checksum: word(80))
    let fields = Array(bytes[..<88]) + bytes[description]
    guard fields.withUnsafeBytes({ XXH64.hash($0) }) == word(88) else {
      throw PlanFileError(
        .checksum, "was altered after it was written: the description's checksum differs")
    }
    guard XXH64.hash(UnsafeRawBufferPointer(rebasing: bytes[constants])) == word(48) else {
      throw PlanFileError(
        .checksum, "was altered after it was written: the constants' checksum differs")
    }
  }

  /// The bytes of the description.
  func description(in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[description])
  }

  private static func section(
    _ bytes: UnsafeRawBufferPointer, from end: Int, count: UInt64, checksum: UInt64
  ) throws(PlanFileError) -> Section? {
    let field = bytes[56..<56 + PlanFile.sectionNameCount]
    let name = field.prefix { $0 != 0 }
    guard field.dropFirst(name.count).allSatisfy({ $0 == 0 }),
      name.allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw misfit }
    if name.isEmpty {
      guard count == 0, checksum == 0, end == bytes.count else { throw misfit }
      return nil
    }
    let start = PlanFile.aligned(end)
    guard count > 0, start <= bytes.count, Int(clamping: count) == bytes.count - start else {
      throw misfit
    }
    return Section(
      name: String(decoding: name, as: UTF8.self), range: start..<bytes.count, checksum: checksum)
  }

  private static let misfit = PlanFileError(
    .checksum, "was altered after it was written: its parts do not fit")

  private static func truncated(_ found: Int, _ expected: Int?) -> PlanFileError {
    let size = expected.map { "\($0) bytes" } ?? "at least \(PlanFile.preambleCount) bytes"
    return PlanFileError(
      .truncated, "has \(found) bytes where \(size) were written: it is not whole")
  }
}
