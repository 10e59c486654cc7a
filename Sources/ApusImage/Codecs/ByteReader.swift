/// Bounds-checked reads of integers from untrusted bytes.
struct ByteReader {
  let bytes: UnsafeBufferPointer<UInt8>

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  var count: Int { bytes.count }

  /// The byte at an offset, or nil past the end.
  func byte(_ offset: Int) -> UInt8? {
    offset >= 0 && offset < bytes.count ? bytes[offset] : nil
  }

  /// An unsigned integer of 1 to 4 bytes, or nil where it would pass the end.
  func integer(_ offset: Int, bytes width: Int, bigEndian: Bool) -> Int? {
    guard offset >= 0, width > 0, offset <= count - width else { return nil }
    var value = 0
    for index in 0..<width {
      let byte = Int(bytes[offset + (bigEndian ? index : width - 1 - index)])
      value = value << 8 | byte
    }
    return value
  }

  func bigEndian16(_ offset: Int) -> Int? { integer(offset, bytes: 2, bigEndian: true) }
  func bigEndian32(_ offset: Int) -> Int? { integer(offset, bytes: 4, bigEndian: true) }
  func littleEndian16(_ offset: Int) -> Int? { integer(offset, bytes: 2, bigEndian: false) }
  func littleEndian32(_ offset: Int) -> Int? { integer(offset, bytes: 4, bigEndian: false) }

  /// Whether the ASCII text stands at an offset.
  func hasText(_ text: StaticString, at offset: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard offset >= 0, offset <= count - length else { return false }
    return text.withUTF8Buffer { $0.elementsEqual(bytes[offset..<offset + length]) }
  }

  /// A part of the bytes; nil where it would pass the end.
  func slice(_ offset: Int, count length: Int) -> ByteReader? {
    guard offset >= 0, length >= 0, offset <= count - length else { return nil }
    return ByteReader(UnsafeBufferPointer(rebasing: bytes[offset..<offset + length]))
  }
}
