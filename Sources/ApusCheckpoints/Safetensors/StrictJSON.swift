/// A JSON value, with the members of objects in the order of the text.
indirect enum JSONValue: Equatable {
  case object([(name: String, value: JSONValue)])
  case array([JSONValue])
  case string(String)
  case number(String)
  case boolean(Bool)
  case null

  static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.object(let a), .object(let b)):
      a.elementsEqual(b) { $0.name == $1.name && $0.value == $1.value }
    case (.array(let a), .array(let b)): a == b
    case (.string(let a), .string(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.boolean(let a), .boolean(let b)): a == b
    case (.null, .null): true
    default: false
    }
  }
}

/// What breaks RFC 8259, and at which byte.
struct JSONError: Error {
  let offset: Int
  let problem: String
}

/// A parser that accepts JSON as RFC 8259 has it and nothing else; names of members are unique.
struct StrictJSON {
  private let bytes: ArraySlice<UInt8>
  private var position: Int
  /// Arrays and objects inside each other.
  private static let depthLimit = 32

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// The one value of the text, with nothing but white space after it.
  static func parse(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> JSONValue {
    var parser = StrictJSON(bytes)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == bytes.endIndex else { throw parser.error("text after the value") }
    return value
  }

  private func error(_ problem: String) -> JSONError {
    JSONError(offset: position - bytes.startIndex, problem: problem)
  }

  private var next: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(JSONError) {
    guard skip(UInt8(ascii: character)) else { throw error("'\(character)' is missing") }
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard depth < Self.depthLimit else { throw error("values are nested too deeply") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func word(_ text: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
    guard bytes[position...].starts(with: text.utf8) else { throw error("no JSON value") }
    position += text.utf8.count
    return value
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
    try expect("{")
    var members: [(name: String, value: JSONValue)] = []
    var names: Set<String> = []
    skipSpace()
    if skip(UInt8(ascii: "}")) { return .object([]) }
    while true {
      skipSpace()
      let name = try string()
      guard names.insert(name).inserted else {
        throw error("the name '\(name.prefix(80))' appears twice")
      }
      skipSpace()
      try expect(":")
      members.append((name, try value(depth: depth + 1)))
      skipSpace()
      if skip(UInt8(ascii: "}")) { return .object(members) }
      try expect(",")
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
    try expect("[")
    var items: [JSONValue] = []
    skipSpace()
    if skip(UInt8(ascii: "]")) { return .array([]) }
    while true {
      items.append(try value(depth: depth + 1))
      skipSpace()
      if skip(UInt8(ascii: "]")) { return .array(items) }
      try expect(",")
    }
  }

  private mutating func digits() throws(JSONError) {
    let start = position
    while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
    guard position > start else { throw error("no JSON value") }
  }

  private mutating func number() throws(JSONError) -> String {
    let start = position
    _ = skip(UInt8(ascii: "-"))
    if !skip(UInt8(ascii: "0")) { try digits() }
    if skip(UInt8(ascii: ".")) { try digits() }
    if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
      if !skip(UInt8(ascii: "+")) { _ = skip(UInt8(ascii: "-")) }
      try digits()
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func string() throws(JSONError) -> String {
    try expect("\"")
    var text: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        guard let decoded = String(validating: text, as: UTF8.self) else {
          throw error("a string is not UTF-8")
        }
        position += 1
        return decoded
      case UInt8(ascii: "\\"):
        position += 1
        text += Array(String(try escape()).utf8)
      case 0..<0x20: throw error("a control character in a string")
      default:
        text.append(byte)
        position += 1
      }
    }
    throw error("a string does not end")
  }

  /// The character of an escape, behind its backslash.
  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    let plain: [UInt8: Unicode.Scalar] = [
      UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/",
      UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "n"): "\n",
      UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
    ]
    guard let byte = next else { throw error("a string does not end") }
    position += 1
    if let scalar = plain[byte] { return scalar }
    guard byte == UInt8(ascii: "u") else { throw error("an unknown escape") }
    let high = try hexadecimal()
    guard (0xD800..<0xDC00).contains(high) else {
      guard let scalar = Unicode.Scalar(high) else { throw error("half a surrogate pair") }
      return scalar
    }
    guard skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) else {
      throw error("half a surrogate pair")
    }
    let low = try hexadecimal()
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw error("half a surrogate pair") }
    return scalar
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("an escape without four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
