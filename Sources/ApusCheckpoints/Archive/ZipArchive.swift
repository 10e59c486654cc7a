internal import CZip

/// A zip archive in memory: names and sizes at once, contents one entry at a time.
final class ZipArchive {
  /// What the directory of the archive says about an entry.
  struct Entry {
    let index: UInt64
    let byteCount: Int
    let packedByteCount: Int
  }

  let place: CheckpointError.Place
  /// The entries by name.
  private(set) var entries: [String: Entry] = [:]
  /// The names in the order of the directory.
  private(set) var names: [String] = []
  private let buffer: UnsafeMutableRawBufferPointer
  private var handle: OpaquePointer?

  /// Whether bytes begin like a zip archive that has entries.
  static func hasSignature(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x50, 0x4B, 0x03, 0x04])
  }

  /// Opens an archive over a copy of `bytes` and reads its directory.
  init(
    bytes: [UInt8], place: CheckpointError.Place, limits: CheckpointLimits
  ) throws(CheckpointError) {
    self.place = place
    // Safety: the buffer is owned by this object and outlives the handle, which reads it.
    buffer = .allocate(byteCount: max(bytes.count, 1), alignment: 16)
    buffer.copyBytes(from: bytes)
    var failure = zip_error_t()
    zip_error_init(&failure)
    defer { zip_error_fini(&failure) }
    guard
      let source = zip_source_buffer_create(
        buffer.baseAddress, zip_uint64_t(bytes.count), 0, &failure)
    else { throw Self.damaged(place, &failure) }
    guard let opened = zip_open_from_source(source, ZIP_RDONLY, &failure) else {
      zip_source_free(source)
      throw Self.damaged(place, &failure)
    }
    handle = opened
    try readDirectory(opened, limits: limits)
  }

  deinit {
    if let handle { zip_discard(handle) }
    buffer.deallocate()
  }

  private func readDirectory(
    _ handle: OpaquePointer, limits: CheckpointLimits
  ) throws(CheckpointError) {
    let count = zip_get_num_entries(handle, 0)
    guard count >= 0, count <= limits.archiveEntries else {
      throw place.error(
        .tooLarge, "the archive declares \(count) entries",
        expected: "at most \(limits.archiveEntries)", remedy: Remedy.limits)
    }
    var stat = zip_stat_t()
    for index in 0..<zip_uint64_t(count) {
      guard zip_stat_index(handle, index, 0, &stat) == 0, let name = stat.name,
        stat.valid & zip_uint64_t(ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE)
          == zip_uint64_t(ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE),
        let size = Int(exactly: stat.size), let packed = Int(exactly: stat.comp_size)
      else {
        throw place.error(.corruptArchive, "entry \(index) of the archive has no name or no size")
      }
      let text = String(cString: name)
      guard entries[text] == nil else {
        throw place.at(entry: text).error(
          .corruptArchive, "the archive holds this entry twice", expected: "every name once")
      }
      entries[text] = Entry(index: index, byteCount: size, packedByteCount: packed)
      names.append(text)
    }
  }

  /// The content of an entry of at most `limit` bytes, its checksum verified.
  func read(_ name: String, limit: Int) throws(CheckpointError) -> [UInt8] {
    let place = place.at(entry: name)
    guard let entry = entries[name], let handle else {
      throw place.error(.missingEntry, "the archive has no such entry")
    }
    guard entry.byteCount <= limit else {
      throw place.error(
        .tooLarge, "the entry declares \(entry.byteCount) bytes", expected: "at most \(limit)",
        remedy: Remedy.limits)
    }
    // Deflate shrinks at most 1032-fold, so more is a lie, found before memory is allocated.
    guard entry.packedByteCount <= buffer.count, entry.byteCount / 1032 <= entry.packedByteCount
    else {
      throw place.error(
        .corruptArchive,
        "\(entry.byteCount) bytes are declared to be packed in \(entry.packedByteCount)",
        expected: "sizes that fit into the file of \(buffer.count) bytes")
    }
    guard let file = zip_fopen_index(handle, entry.index, 0) else {
      throw Self.damaged(place, zip_get_error(handle))
    }
    defer { zip_fclose(file) }
    var filled = 0
    let content = [UInt8](unsafeUninitializedCapacity: entry.byteCount) { target, count in
      while filled < target.count {
        guard let base = target.baseAddress else { break }
        let got = zip_fread(file, base + filled, zip_uint64_t(target.count - filled))
        if got <= 0 { break }
        filled += Int(got)
      }
      count = filled
    }
    // The checksum is compared when the end is read.
    var extra: UInt8 = 0
    let rest = zip_fread(file, &extra, 1)
    guard filled == entry.byteCount, rest == 0 else {
      if rest < 0 { throw Self.damaged(place, zip_file_get_error(file)) }
      throw place.error(
        .corruptArchive, "the entry has \(rest > 0 ? "more than " : "")\(filled) bytes",
        expected: "the \(entry.byteCount) bytes that the directory states")
    }
    return content
  }

  private static func damaged(
    _ place: CheckpointError.Place, _ error: UnsafeMutablePointer<zip_error_t>?
  ) -> CheckpointError {
    let reason = zip_error_strerror(error).map { String(cString: $0) } ?? "unknown damage"
    return place.error(
      .corruptArchive, "the zip archive cannot be read: \(reason)",
      expected: "a complete archive")
  }
}
