/// Reads XML 1.0 in UTF-8 into elements.
///
/// Attributes are passed over. There are no document types, hence only the five entities that XML itself names.
struct XMLReader {
  /// Why a file is no XML.
  enum Fault: Error {
    /// What is there instead, for a person.
    case malformed(String)
    /// More levels of elements than allowed.
    case tooDeep
  }

  /// The line that is being read, from 1.
  private(set) var line = 1
  private let bytes: [UInt8]
  private let depth: Int
  private var place = 0
  private var stack: [XMLElement] = []
  private var root: XMLElement?

  init(_ bytes: [UInt8], depth: Int) {
    self.bytes = bytes
    self.depth = depth
  }

  /// The outermost element.
  mutating func read() throws(Fault) -> XMLElement {
    guard !bytes.isEmpty else { throw .malformed("an empty file") }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw .malformed("bytes that are not UTF-8")
    }
    _ = skip("\u{FEFF}")
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "<") { try readMarkup() } else { try readText() }
    }
    if let open = stack.last {
      throw .malformed("the end of the file in <\(open.name.prefix(60))>")
    }
    guard let root else { throw .malformed("no element") }
    return root
  }

  private mutating func readMarkup() throws(Fault) {
    if skip("<!--") {
      try advance(past: "--", of: "a comment")
      guard skip(">") else { throw .malformed("-- in a comment") }
    } else if skip("<![CDATA[") {
      guard let element = stack.last else { throw .malformed("text beside the outermost element") }
      let start = place
      try advance(past: "]]>", of: "a CDATA section")
      element.text += try text(start..<place - 3)
    } else if skip("<?") {
      try advance(past: "?>", of: "a processing instruction")
    } else if skip("</") {
      try readEnd()
    } else {
      place += 1
      try readStart()
    }
  }

  private mutating func readStart() throws(Fault) {
    let begin = line
    let element = XMLElement(try readName(), line: begin)
    guard stack.count < depth else { throw .tooDeep }
    var hasSpace = skipSpace()
    while place < bytes.count, bytes[place] != UInt8(ascii: ">"), bytes[place] != UInt8(ascii: "/")
    {
      guard hasSpace else { throw .malformed("no space before an attribute") }
      let name = try readName()
      skipSpace()
      guard skip("=") else { throw .malformed("attribute \(name.prefix(60)) without a value") }
      skipSpace()
      try readValue(of: name)
      hasSpace = skipSpace()
    }
    let isEmpty = skip("/")
    guard skip(">") else {
      throw .malformed("a tag <\(element.name.prefix(60)) that is not closed")
    }
    if let parent = stack.last {
      parent.children.append(element)
    } else {
      guard root == nil else { throw .malformed("a second outermost element") }
      root = element
    }
    if !isEmpty { stack.append(element) }
  }

  /// Passes over a value in quotes, which must be well-formed all the same.
  private mutating func readValue(of name: String) throws(Fault) {
    guard place < bytes.count,
      bytes[place] == UInt8(ascii: "\"") || bytes[place] == UInt8(ascii: "'")
    else { throw .malformed("attribute \(name.prefix(60)) without quotes") }
    let quote = bytes[place]
    place += 1
    guard let end = bytes[place...].firstIndex(of: quote),
      !bytes[place..<end].contains(UInt8(ascii: "<"))
    else { throw .malformed("attribute \(name.prefix(60)) without closing quotes") }
    _ = try resolved(place..<end)
    advance(to: end + 1)
  }

  private mutating func readEnd() throws(Fault) {
    let name = try readName()
    guard let element = stack.last, element.name == name else {
      throw .malformed(
        "</\(name.prefix(60))>" + (stack.last.map { " in <\($0.name.prefix(60))>" } ?? " alone"))
    }
    skipSpace()
    guard skip(">") else { throw .malformed("a tag </\(name.prefix(60)) that is not closed") }
    stack.removeLast()
    let scalars = element.text.unicodeScalars
    let inner = scalars.drop { $0.properties.isWhitespace }.reversed()
      .drop { $0.properties.isWhitespace }.reversed()
    element.text = String(String.UnicodeScalarView(inner))
  }

  private mutating func readText() throws(Fault) {
    let start = place
    let end = bytes[start...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
    if let element = stack.last {
      element.text += try resolved(start..<end)
    } else if let other = bytes[start..<end].firstIndex(where: { !Self.isSpace($0) }) {
      advance(to: other)
      throw .malformed("text beside the outermost element")
    }
    advance(to: end)
  }

  private mutating func readName() throws(Fault) -> String {
    let start = place
    while place < bytes.count, Self.isName(bytes[place], isFirst: place == start) { place += 1 }
    guard place > start else { throw .malformed("no name where one must be") }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  /// Text with its references replaced.
  private func resolved(_ range: Range<Int>) throws(Fault) -> String {
    guard bytes[range].contains(UInt8(ascii: "&")) else { return try text(range) }
    var result = ""
    var start = range.lowerBound
    while let ampersand = bytes[start..<range.upperBound].firstIndex(of: UInt8(ascii: "&")) {
      result += try text(start..<ampersand)
      guard let end = bytes[ampersand..<range.upperBound].firstIndex(of: UInt8(ascii: ";")) else {
        throw .malformed("& that begins no reference")
      }
      let name = String(decoding: bytes[ampersand + 1..<end], as: UTF8.self)
      guard let scalar = Self.scalar(name) else { throw .malformed("&\(name.prefix(60));") }
      result.unicodeScalars.append(scalar)
      start = end + 1
    }
    return result + (try text(start..<range.upperBound))
  }

  /// Text as it stands, but for line ends, which become line feeds.
  private func text(_ range: Range<Int>) throws(Fault) -> String {
    var text: [UInt8] = []
    for index in range {
      switch bytes[index] {
      case 0x0D: if index + 1 == bytes.count || bytes[index + 1] != 0x0A { text.append(0x0A) }
      case 0..<0x20 where !Self.isSpace(bytes[index]): throw .malformed("a control character")
      default: text.append(bytes[index])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// What a reference between & and ; stands for.
  private static func scalar(_ name: String) -> Unicode.Scalar? {
    switch name {
    case "lt": return "<"
    case "gt": return ">"
    case "amp": return "&"
    case "quot": return "\""
    case "apos": return "'"
    default:
      let isHexadecimal = name.hasPrefix("#x")
      let digits = name.dropFirst(isHexadecimal ? 2 : 1)
      guard name.hasPrefix("#"), digits.allSatisfy(\.isHexDigit),
        let code = UInt32(digits, radix: isHexadecimal ? 16 : 10),
        code >= 0x20 || code <= 0xFF && isSpace(UInt8(code))
      else { return nil }
      return Unicode.Scalar(code)
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

  /// Whether a byte may be in a name; of characters beyond ASCII every one.
  private static func isName(_ byte: UInt8, isFirst: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...,
      UInt8(ascii: "_"), UInt8(ascii: ":"):
      true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): !isFirst
    default: false
    }
  }

  @discardableResult
  private mutating func skipSpace() -> Bool {
    let start = place
    while place < bytes.count, Self.isSpace(bytes[place]) { advance(to: place + 1) }
    return place > start
  }

  /// Passes over a mark where it stands here.
  private mutating func skip(_ mark: String) -> Bool {
    guard bytes[place...].starts(with: mark.utf8) else { return false }
    place += mark.utf8.count
    return true
  }

  private mutating func advance(past mark: String, of what: String) throws(Fault) {
    let first = mark.utf8.first
    while place < bytes.count {
      if bytes[place] == first, skip(mark) { return }
      advance(to: place + 1)
    }
    throw .malformed("the end of the file in \(what)")
  }

  private mutating func advance(to end: Int) {
    for byte in bytes[place..<end] where byte == 0x0A { line += 1 }
    place = end
  }
}
