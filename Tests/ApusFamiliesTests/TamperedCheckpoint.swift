import ApusCheckpoints
import ApusTestSupport
import Testing

/// A checkpoint whose pickle had one text replaced by another of the same length, or a number by another.
///
/// The archive stores the pickle uncompressed, so its bytes are changed in place and its checksums
/// are made right again.
enum TamperedCheckpoint {
  static func replacing(
    _ old: String, with new: String, in path: String
  ) throws -> TorchCheckpoint {
    precondition(old.utf8.count == new.utf8.count)
    return try changing(path) { bytes, pickle in
      let places = self.places(of: Array(old.utf8), in: bytes[pickle])
      #expect(!places.isEmpty, "\(old) is not in the pickle")
      for place in places {
        bytes.replaceSubrange(place..<(place + old.utf8.count), with: new.utf8)
      }
    }
  }

  /// The same with the small number that follows the first mention of an attribute.
  static func setting(
    _ attribute: String, to value: UInt8, in path: String
  ) throws -> TorchCheckpoint {
    try changing(path) { bytes, pickle in
      // BINUNICODE with its length, the text, BINPUT or LONG_BINPUT, then BININT1.
      let count = UInt8(attribute.utf8.count)
      let text = [0x58, count, 0, 0, 0] + Array(attribute.utf8)
      let start = try #require(places(of: text, in: bytes[pickle]).first, "\(attribute)")
      let memo = start + text.count
      let number = memo + (bytes[memo] == 0x71 ? 2 : 5)
      try #require(bytes[number] == 0x4b, "\(attribute) is followed by no small number")
      bytes[number + 1] = value
    }
  }

  private static func places(of text: [UInt8], in bytes: ArraySlice<UInt8>) -> [Int] {
    (bytes.startIndex...(bytes.endIndex - text.count)).filter {
      bytes[$0] == text[0] && bytes[$0..<($0 + text.count)].elementsEqual(text)
    }
  }

  /// Reads a checkpoint after a change of its pickle's bytes, which keeps their number.
  private static func changing(
    _ path: String, _ change: (inout [UInt8], Range<Int>) throws -> Void
  ) throws -> TorchCheckpoint {
    var bytes = try Shared.bytes(path)
    let entry = try #require(pickle(bytes))
    try change(&bytes, entry.data)
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
