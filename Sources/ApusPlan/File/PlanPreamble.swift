/// The first bytes of a plan file, checked against the rest of it.
struct PlanPreamble {
  /// The bytes of the description.
  let description: Range<Int>
  /// The bytes of the constants.
  let constants: Range<Int>

  /// Reads the preamble and checks sizes and checksums.
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
      start >= PlanFile.preambleCount + size, start <= total, count == total - start
    else {
      throw PlanFileError(.checksum, "was altered after it was written: its parts do not fit")
    }
    description = PlanFile.preambleCount..<PlanFile.preambleCount + size
    constants = start..<total
    let fields = Array(bytes[..<56]) + bytes[description]
    guard fields.withUnsafeBytes({ XXH64.hash($0) }) == word(56) else {
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

  private static func truncated(_ found: Int, _ expected: Int?) -> PlanFileError {
    let size = expected.map { "\($0) bytes" } ?? "at least \(PlanFile.preambleCount) bytes"
    return PlanFileError(
      .truncated, "has \(found) bytes where \(size) were written: it is not whole")
  }
}
