/// Reads the layout before PyTorch 1.6: four pickles (magic number, protocol version, system,
/// object), a pickled list of storage keys, then each storage as a count of 8 bytes and its elements.
enum TorchLegacyReader {
  /// The magic number 0x1950A86A20F9469CFC6C as LONG1, behind PROTO 2.
  private static let magic: [UInt8] = [
    0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]

  static func hasSignature(_ bytes: [UInt8]) -> Bool {
    // The protocol of the pickle is the caller's choice.
    bytes.count > magic.count && bytes[0] == 0x80
      && bytes[2..<magic.count].elementsEqual(magic[2...])
  }

  static func read(
    _ bytes: [UInt8], place: CheckpointError.Place, limits: CheckpointLimits
  ) throws(CheckpointError) -> CheckpointContents {
    var position = magic.count
    let version = try PickleDocument.read(bytes, from: &position, place: place, limits: limits)
    guard version.integer(version.root) == 1001 else {
      throw place.at(offset: magic.count).error(
        .unsupported, "an unknown version of the layout", expected: "version 1001",
        remedy: Remedy.saveAgain)
    }
    let system = try PickleDocument.read(bytes, from: &position, place: place, limits: limits)
    if case .dictionary(let entries) = system[system.root],
      let order = entries.last(where: { system.string($0.key) == "little_endian" }),
      system[order.value] == .boolean(false)
    {
      throw place.error(
        .unsupported, "the file was written in big-endian order",
        expected: "little-endian order", remedy: Remedy.saveAgain)
    }
    let document = try PickleDocument.read(bytes, from: &position, place: place, limits: limits)
    try TorchReading.refuseCode(document, place: place)
    let references = try TorchReading.references(document, place: place)
    let keyList = try PickleDocument.read(bytes, from: &position, place: place, limits: limits)
    guard let keys = keyList.elements(keyList.root) else {
      throw place.at(offset: position).error(.corruptArchive, "the list of storages is missing")
    }
    var byKey: [String: StorageReference] = [:]
    for reference in references { byKey[reference.key] = reference }
    var storages: [String: StorageBytes] = [:]
    for key in keys {
      guard let name = keyList.string(key), let reference = byKey[name] else {
        throw place.at(offset: position).error(
          .corruptArchive, "the list of storages names one that the object does not use",
          expected: "the keys of the object's storages")
      }
      storages[name] = try storage(reference, in: bytes, at: &position, place: place)
    }
    if let missing = references.first(where: { storages[$0.key] == nil }) {
      throw place.error(.missingEntry, "the storage \(missing.key) is not in the file")
    }
    return CheckpointContents(
      document: document, storages: storages, place: place, limits: limits)
  }

  /// The storage at `position`, which moves behind it.
  private static func storage(
    _ reference: StorageReference, in bytes: [UInt8], at position: inout Int,
    place: CheckpointError.Place
  ) throws(CheckpointError) -> StorageBytes {
    let left = bytes.count - position - 8
    guard left >= 0 else {
      throw place.at(offset: position).error(
        .corruptArchive, "the file ends before the storage \(reference.key)")
    }
    let declared = bytes[position..<position + 8].reversed().reduce(UInt64(0)) {
      $0 << 8 | UInt64($1)
    }
    guard let count = Int(exactly: declared), count >= reference.count,
      count <= left / reference.width
    else {
      throw place.at(offset: position).error(
        .corruptArchive,
        "the storage \(reference.key) declares \(declared) elements, with \(left) bytes left",
        expected: "\(reference.count) elements of \(reference.width) bytes")
    }
    let start = position + 8
    position = start + count * reference.width
    return StorageBytes(bytes: Array(bytes[start..<position]))
  }
}
