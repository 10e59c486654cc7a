/// Writes the protocol-buffer encoding by hand, so that tests can make files no writer would make.
public struct Message {
  /// The encoding so far.
  public private(set) var bytes: [UInt8] = []

  /// A message of the given fields.
  public init(_ fields: (inout Message) -> Void) { fields(&self) }

  /// Appends an integer field.
  public mutating func varint(_ number: Int, _ value: Int) {
    put(UInt64(number << 3))
    put(UInt64(bitPattern: Int64(value)))
  }

  /// Appends a field of bytes.
  public mutating func bytes(_ number: Int, _ value: [UInt8]) {
    put(UInt64(number << 3 | 2))
    put(UInt64(value.count))
    bytes += value
  }

  /// Appends a text field.
  public mutating func text(_ number: Int, _ value: String) { bytes(number, Array(value.utf8)) }

  /// Appends a message as a field.
  public mutating func message(_ number: Int, _ fields: (inout Message) -> Void) {
    bytes(number, Message(fields).bytes)
  }

  private mutating func put(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
