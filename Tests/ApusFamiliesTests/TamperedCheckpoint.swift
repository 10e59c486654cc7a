import ApusCheckpoints
import ApusTestSupport
import Testing

/// A checkpoint whose pickle had one text replaced by another of the same length.
///
/// The archive stores the pickle uncompressed, so its bytes are changed in place and its checksums
/// are made right again.
enum TamperedCheckpoint {
  static func replacing(
    _ old: String, with new: String, in path: String
  ) throws -> TorchCheckpoint {
    var bytes = try Shared.bytes(path)
    precondition(old.utf8.count == new.utf8.count)
    let entry = try #require(pickle(bytes))
    var count = 0
    var start = entry.data.lowerBound
    while start + old.utf8.count <= entry.data.upperBound {
      if bytes[start..<(start + old.utf8.count)].elementsEqual(old.utf8) {
        bytes.replaceSubrange(start..<(start + old.utf8.count), with: new.utf8)
        count += 1
      }
      start += 1
    }
    #expect(count > 0, "\(old) is not in the pickle")
    let sum = checksum(bytes[entry.data])
    for (place, sum) in [entry.localSum, entry.centralSum].map({ ($0, sum) }) {
      for byte in 0..<4 { bytes[place + byte] = UInt8(truncatingIfNeeded: sum >> (8 * byte)) }
    }
    return try TorchCheckpoint(bytes: bytes, file: "tampered.pt")
  }

  /// The place of the pickle's bytes and of its checksums in the local and the central header.
  private static func pickle(
    _ bytes: [UInt8]
  ) -> (data: Range<Int>, localSum: Int, centralSum: Int)? {
    func number(_ place: Int, _ size: Int) -> Int {
      (0..<size).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }
    for central in 0..<(bytes.count - 46) where number(central, 4) == 0x0201_4b50 {
      let name = bytes[(central + 46)..<(central + 46 + number(central + 28, 2))]
      guard String(decoding: name, as: UTF8.self).hasSuffix("data.pkl") else { continue }
      let local = number(central + 42, 4)
      let data = local + 30 + number(local + 26, 2) + number(local + 28, 2)
      let size = number(central + 24, 4)
      // With flag 3 the local checksum stands behind the data, after a signature.
      let hasDescriptor = number(local + 6, 2) & 8 != 0
      return (
        data..<(data + size), hasDescriptor ? data + size + 4 : local + 14, central + 16
      )
    }
    return nil
  }

  /// CRC-32 as zip archives have it.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var sum: UInt32 = 0xffff_ffff
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xedb8_8320 : sum >> 1 }
    }
    return ~sum
  }
}
