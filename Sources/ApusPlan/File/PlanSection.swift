import ApusTensor

/// Bytes that a plan file carries beside its plan, for whoever knows their name.
///
/// They stay in the file, unread, until somebody asks for them.
public struct PlanSection: Sendable {
  /// What the bytes are.
  public let name: String
  /// The number of bytes.
  public var count: Int { range.count }

  private let file: MappedFile
  private let range: Range<Int>
  private let checksum: UInt64

  init(_ section: PlanPreamble.Section, in file: MappedFile) {
    name = section.name
    range = section.range
    checksum = section.checksum
    self.file = file
  }

  /// The bytes.
  ///
  /// - Throws: `PlanFileError` where they are not those that were written.
  public func bytes() throws(PlanFileError) -> [UInt8] {
    let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[range])
    guard XXH64.hash(bytes) == checksum else {
      throw PlanFileError(
        .checksum, "was altered after it was written: the checksum of its section '\(name)' differs"
      ).of(file.path)
    }
    return Array(bytes)
  }
}
