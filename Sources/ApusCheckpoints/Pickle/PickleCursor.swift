/// What is wrong in a pickle, and where.
struct PickleError: Error {
  let offset: Int
  let opcode: PickleOpcode?
  let problem: String
  var expected: String?
  var isLimit = false
}

/// The bytes of a pickle with a position; every read is checked.
struct PickleCursor {
  let bytes: [UInt8]
  private(set) var position: Int
  /// The byte of the current opcode.
  private(set) var start: Int
  private(set) var opcode: PickleOpcode?

  init(bytes: [UInt8], position: Int) {
    self.bytes = bytes
    self.position = position
    start = position
  }

  func error(_ problem: String, expected: String? = nil, isLimit: Bool = false) -> PickleError {
    PickleError(
      offset: start, opcode: opcode, problem: problem, expected: expected, isLimit: isLimit)
  }

  /// The next opcode.
  mutating func next() throws(PickleError) -> PickleOpcode {
    start = position
    opcode = nil
    let code = try byte()
    guard let found = PickleOpcode(rawValue: code) else {
      throw error(
        "0x\(String(code, radix: 16)) is no pickle opcode", expected: "protocols 0 to 5")
    }
    opcode = found
    return found
  }

  mutating func byte() throws(PickleError) -> UInt8 {
    guard position < bytes.count else {
      throw error("the pickle ends too early", expected: "more bytes up to STOP")
    }
    defer { position += 1 }
    return bytes[position]
  }

  /// The next `count` bytes; a count beyond the end is an error before anything is copied.
  mutating func take(_ count: UInt64) throws(PickleError) -> ArraySlice<UInt8> {
    guard position <= bytes.count, count <= UInt64(bytes.count - position) else {
      throw error(
        "\(count) bytes are declared, but \(max(bytes.count - position, 0)) are left",
        expected: "a length within the pickle")
    }
    defer { position += Int(count) }
    return bytes[position..<position + Int(count)]
  }

  /// A little-endian number of 1 to 8 bytes.
  mutating func unsigned(_ width: UInt64) throws(PickleError) -> UInt64 {
    try take(width).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The bytes up to the end of the line, which is passed.
  mutating func line() throws(PickleError) -> ArraySlice<UInt8> {
    guard let end = bytes[position...].firstIndex(of: 0x0A) else {
      throw error("a line does not end", expected: "a line feed")
    }
    defer { position = end + 1 }
    return bytes[position..<end]
  }

  /// A line as text.
  mutating func textLine() throws(PickleError) -> String {
    String(decoding: try line(), as: UTF8.self)
  }

  /// A line as a decimal number that is not negative.
  mutating func numberLine() throws(PickleError) -> Int {
    let text = try textLine()
    guard let number = Int(text), number >= 0 else {
      throw error("'\(text.prefix(40))' is no memo index", expected: "a decimal number")
    }
    return number
  }
}
