import Foundation

/// Walks over JSON text without building values: for lists of hundreds of thousands of detections.
///
/// Strict (RFC 8259); every access is within the bytes.
struct ResultScanner {
  let bytes: [UInt8]
  let path: String
  /// The entry of the list that is read, from 0; for errors.
  var entry: Int?
  private(set) var position: Int
  /// The deepest nesting of values that are passed over.
  private static let depth = 64

  init(_ bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
    position = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
  }

  /// The next byte that is no space; nil at the end.
  mutating func next() -> UInt8? {
    while position < bytes.count {
      let byte = bytes[position]
      guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return byte }
      position += 1
    }
    return nil
  }

  /// Moves behind the next byte that is no space, where it is this one.
  mutating func take(_ byte: UInt8) -> Bool {
    guard next() == byte else { return false }
    position += 1
    return true
  }

  /// What stands at the present place, for errors.
  var found: String {
    guard position < bytes.count else { return "the end of the file" }
    let rest = String(decoding: bytes[position...].prefix(24), as: UTF8.self)
    return "\"" + rest.map { $0.isNewline ? " " : String($0) }.joined() + "\""
  }

  /// The file and the place in it, for errors.
  var place: String { "'\(path)', byte \(position)" + (entry.map { " (entry \($0))" } ?? "") }

  /// The error for something else than was expected at the present place.
  func fault(_ expected: String) -> ApusError {
    .failure(
      "\(place): expected \(expected), found \(found);"
        + " write the file again with the tool it came from")
  }

  /// A string's bytes between its quotation marks, as written, and whether it has escapes.
  mutating func string() throws(ApusError) -> (range: Range<Int>, isEscaped: Bool) {
    guard take(UInt8(ascii: "\"")) else { throw fault("text in quotation marks") }
    let start = position
    var isEscaped = false
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        position += 1
        return (start..<position - 1, isEscaped)
      }
      guard byte >= 0x20 else { throw fault("no bare control characters in text") }
      if byte == UInt8(ascii: "\\") {
        isEscaped = true
        position += 1
      }
      position += 1
    }
    position = bytes.count
    throw fault("a closing quotation mark")
  }

  /// The text of a string that `string` found.
  func text(
    _ string: (range: Range<Int>, isEscaped: Bool)
  ) throws(ApusError) -> String {
    guard string.isEscaped else { return String(decoding: bytes[string.range], as: UTF8.self) }
    let quoted = Array("[\"".utf8) + bytes[string.range]
    guard
      let list = try? JSONDecoder().decode([String].self, from: Data(quoted + Array("\"]".utf8))),
      let text = list.first
    else {
      throw .failure(
        "\(place): the escapes of the text before are wrong;"
          + " write the file again with the tool it came from")
    }
    return text
  }

  /// Whether the bytes of a range are these.
  func matches(_ range: Range<Int>, _ word: StaticString) -> Bool {
    guard range.count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { word in
      for offset in 0..<word.count where bytes[range.lowerBound + offset] != word[offset] {
        return false
      }
      return true
    }
  }

  /// A finite number.
  mutating func number(_ what: String) throws(ApusError) -> Double {
    _ = next()
    let start = position
    switch DecimalNumber.scan(bytes, at: &position) {
    case .integer(let value): return Double(value)
    case .number(let value) where value.isFinite: return value
    case .number, .none:
      position = start
      throw fault("a finite number as \(what)")
    }
  }

  /// A whole number, which may be written as 3.0.
  mutating func integer(_ what: String) throws(ApusError) -> Int {
    _ = next()
    let start = position
    switch DecimalNumber.scan(bytes, at: &position) {
    case .integer(let value): return value
    case .number(let value):
      if let exact = Int(exactly: value) { return exact }
    case .none: break
    }
    position = start
    throw fault("a whole number as \(what)")
  }

  /// Passes over a value of any kind, checked as closely as one that is kept.
  mutating func skip(level: Int = 0) throws(ApusError) {
    guard level < Self.depth else { throw fault("at most \(Self.depth) levels of values") }
    switch next() {
    case UInt8(ascii: "\""): _ = try text(string())
    case UInt8(ascii: "["):
      position += 1
      if take(UInt8(ascii: "]")) { return }
      repeat { try skip(level: level + 1) } while take(UInt8(ascii: ","))
      guard take(UInt8(ascii: "]")) else { throw fault("\",\" or \"]\"") }
    case UInt8(ascii: "{"):
      position += 1
      if take(UInt8(ascii: "}")) { return }
      repeat {
        _ = try string()
        guard take(UInt8(ascii: ":")) else { throw fault("\":\"") }
        try skip(level: level + 1)
      } while take(UInt8(ascii: ","))
      guard take(UInt8(ascii: "}")) else { throw fault("\",\" or \"}\"") }
    case UInt8(ascii: "t") where word("true"), UInt8(ascii: "f") where word("false"),
      UInt8(ascii: "n") where word("null"):
      break
    default:
      if case .none = DecimalNumber.scan(bytes, at: &position) { throw fault("a value") }
    }
  }

  private mutating func word(_ word: StaticString) -> Bool {
    let end = position + word.utf8CodeUnitCount
    guard end <= bytes.count, matches(position..<end, word) else { return false }
    position = end
    return true
  }
}
