/// Writes zip archives without compression, and archives that lie about themselves.
struct ArchiveBuilder {
  /// An entry, with what its directory says where that is not the truth.
  struct Entry {
    var name: String
    var content: [UInt8]
    var declaredSize: UInt32?
    var declaredPackedSize: UInt32?
    var method: UInt16 = 0
    var checksum: UInt32?
  }

  var entries: [Entry] = []

  /// A checkpoint of one pickle and its storages.
  init(pickle: [UInt8], storages: [String: [UInt8]] = [:], byteOrder: String? = "little") {
    entries.append(Entry(name: "archive/data.pkl", content: pickle))
    if let byteOrder {
      entries.append(Entry(name: "archive/byteorder", content: Array(byteOrder.utf8)))
    }
    for (key, content) in storages.sorted(by: { $0.key < $1.key }) {
      entries.append(Entry(name: "archive/data/" + key, content: content))
    }
  }

  /// The bytes of the archive.
  func encoded() -> [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let checksum = entry.checksum ?? Self.checksum(entry.content)
      let packed = entry.declaredPackedSize ?? UInt32(entry.content.count)
      let size = entry.declaredSize ?? UInt32(entry.content.count)
      var common = Self.little(20 as UInt16) + Self.little(0 as UInt16)
      common += Self.little(entry.method) + Self.little(0 as UInt32) + Self.little(checksum)
      common += Self.little(packed) + Self.little(size)
      common += Self.little(UInt16(entry.name.utf8.count)) + Self.little(0 as UInt16)
      directory += [0x50, 0x4B, 1, 2, 20, 0] + common + [UInt8](repeating: 0, count: 10)
      directory += Self.little(UInt32(file.count)) + entry.name.utf8
      file += [0x50, 0x4B, 3, 4] + common + entry.name.utf8 + entry.content
    }
    let count = Self.little(UInt16(entries.count))
    let end: [UInt8] =
      [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + count + count + Self.little(UInt32(directory.count))
      + Self.little(UInt32(file.count)) + [0, 0]
    return file + directory + end
  }

  private static func little<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  /// CRC-32 of ISO 3309.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }
}
