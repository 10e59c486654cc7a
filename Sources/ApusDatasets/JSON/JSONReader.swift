/// Reads JSON (RFC 8259) strictly, save for Python's `NaN`, `Infinity` and `-Infinity`.
///
/// Those are read as numbers, so that the reader of the data set can name the annotation. Of a
/// repeated key in one object nothing can be trusted: it is an error.
struct JSONReader {
  private let bytes: [UInt8]
  private let file: String
  private let depth: Int
  private var position = 0

  /// The value that is the whole text; `bytes` must be valid UTF-8.
  static func read(
    _ bytes: [UInt8], file: String, depth: Int
  ) throws(DatasetError) -> JSON {
    var reader = JSONReader(bytes: bytes, file: file, depth: depth)
    let value = try reader.value(level: 0)
    reader.skipSpace()
    guard reader.position == bytes.count else { throw reader.fault("the end of the file") }
    return value
  }

  private init(bytes: [UInt8], file: String, depth: Int) {
    self.bytes = bytes
    self.file = file
    self.depth = depth
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
      position += 1
    }
  }

  private func fault(
    _ expected: String, _ code: DatasetError.Code = .malformed, found: String? = nil
  ) -> DatasetError {
    let before = bytes[..<min(position, bytes.count)]
    let line = before.count { $0 == 0x0a } + 1
    let column = before.count - (before.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0) + 1
    let rest = String(decoding: bytes[before.count...].prefix(20), as: UTF8.self)
    return DatasetError(
      code, file: file, place: "line \(line), column \(column)", expected: expected,
      found: found ?? (rest.isEmpty ? "the end of the file" : DatasetError.quote(rest)),
      remedy: "Write the file anew with the tool it came from, or correct it there.")
  }

  private mutating func value(level: Int) throws(DatasetError) -> JSON {
    guard level < depth else {
      throw fault("at most \(depth) levels of lists and objects", .tooDeep)
    }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(level: level)
    case UInt8(ascii: "["): return try array(level: level)
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t") where take("true"): return .bool(true)
    case UInt8(ascii: "f") where take("false"): return .bool(false)
    case UInt8(ascii: "n") where take("null"): return .null
    case UInt8(ascii: "N") where take("NaN"): return .number(.nan)
    case UInt8(ascii: "I") where take("Infinity"): return .number(.infinity)
    case UInt8(ascii: "-") where take("-Infinity"): return .number(-.infinity)
    case UInt8(ascii: "-"): return try number()
    case .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
    default: throw fault("a JSON value")
    }
  }

  private mutating func take(_ word: StaticString) -> Bool {
    let word = Array("\(word)".utf8)
    guard bytes[position...].starts(with: word) else { return false }
    position += word.count
    return true
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func array(level: Int) throws(DatasetError) -> JSON {
    position += 1
    var values: [JSON] = []
    if take(UInt8(ascii: "]")) { return .array(values) }
    while true {
      values.append(try value(level: level + 1))
      if take(UInt8(ascii: "]")) { return .array(values) }
      guard take(UInt8(ascii: ",")) else { throw fault("\",\" or \"]\"") }
    }
  }

  private mutating func object(level: Int) throws(DatasetError) -> JSON {
    position += 1
    var values: [String: JSON] = [:]
    if take(UInt8(ascii: "}")) { return .object(values) }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw fault("a key in quotation marks") }
      let key = try string()
      guard take(UInt8(ascii: ":")) else { throw fault("\":\"") }
      let member = try value(level: level + 1)
      guard values.updateValue(member, forKey: key) == nil else {
        throw fault("each key once", .duplicate, found: "\(DatasetError.quote(key)) again")
      }
      if take(UInt8(ascii: "}")) { return .object(values) }
      guard take(UInt8(ascii: ",")) else { throw fault("\",\" or \"}\"") }
    }
  }

  private mutating func string() throws(DatasetError) -> String {
    position += 1
    var start = position
    var text: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        let tail = bytes[start..<position]
        position += 1
        return String(decoding: text.isEmpty ? tail : (text + tail)[...], as: UTF8.self)
      case UInt8(ascii: "\\"):
        text += bytes[start..<position]
        text += try escape()
        start = position
      case 0..<0x20: throw fault("no bare control characters in text")
      default: position += 1
      }
    }
    throw fault("a closing quotation mark")
  }

  private mutating func escape() throws(DatasetError) -> [UInt8] {
    position += 1
    guard let byte = next else { throw fault("an escape") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "u"):
      var code = try unit()
      if (0xd800..<0xdc00).contains(code), take("\\u") {
        let low = try unit()
        guard (0xdc00..<0xe000).contains(low) else { throw fault("the second half of a pair") }
        code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
      }
      return Array(String(Unicode.Scalar(code).map(Character.init) ?? "\u{fffd}").utf8)
    default: throw fault("one of the escapes of JSON")
    }
  }

  private mutating func unit() throws(DatasetError) -> UInt32 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4,
      digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
      let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw fault("four hexadecimal digits") }
    position += 4
    return code
  }

  /// A number; up to 15 digits and 22 places are exact by one division, others go to `Double`.
  private mutating func number() throws(DatasetError) -> JSON {
    let start = position
    let isNegative = next == UInt8(ascii: "-")
    if isNegative { position += 1 }
    var mantissa = 0
    let whole = digits(into: &mantissa)
    guard whole > 0, whole == 1 || bytes[position - whole] != UInt8(ascii: "0") else {
      throw fault("a number without leading zeros")
    }
    var places = 0
    var isWhole = true
    if next == UInt8(ascii: ".") {
      position += 1
      isWhole = false
      places = digits(into: &mantissa)
      guard places > 0 else { throw fault("digits after the point") }
    }
    var hasExponent = false
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      (isWhole, hasExponent) = (false, true)
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      var ignored = 0
      guard digits(into: &ignored) > 0 else { throw fault("digits of an exponent") }
    }
    if whole + places <= 15, !hasExponent {
      if isWhole { return .integer(isNegative ? -mantissa : mantissa) }
      let magnitude = Double(mantissa) / Self.powers[places]
      return .number(isNegative ? -magnitude : magnitude)
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let value = Int(text) { return .integer(value) }
    return .number(Double(text) ?? .nan)
  }

  private mutating func digits(into mantissa: inout Int) -> Int {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      if position - start < 18 { mantissa = mantissa &* 10 &+ Int(byte &- UInt8(ascii: "0")) }
      position += 1
    }
    return position - start
  }

  private static let powers: [Double] = (0...15).map { exponent in
    (0..<exponent).reduce(1.0) { power, _ in power * 10 }
  }
}
