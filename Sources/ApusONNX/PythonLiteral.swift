/// A text that Python's `repr` printed: numbers, strings, lists, tuples and dictionaries of these.
///
/// Upstream exporters write class names and sizes into a model's metadata this way. The text is
/// parsed, never evaluated.
indirect enum PythonLiteral: Equatable {
  case number(Double)
  case string(String)
  case list([PythonLiteral])
  case dictionary([(PythonLiteral, PythonLiteral)])

  static func == (left: PythonLiteral, right: PythonLiteral) -> Bool {
    switch (left, right) {
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): a == b
    case (.list(let a), .list(let b)): a == b
    case (.dictionary(let a), .dictionary(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0 == $1 }
    default: false
    }
  }

  /// Parses a text; nil where it is no literal.
  init?(_ text: String) {
    var parser = Parser(characters: Array(text))
    guard let value = parser.value(depth: 0), parser.isAtEnd else { return nil }
    self = value
  }

  /// The text Python would print for the string.
  static func quoted(_ text: String) -> String {
    let quote: Character = text.contains("'") && !text.contains("\"") ? "\"" : "'"
    var result = String(quote)
    for character in text.unicodeScalars {
      switch character {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case quote.unicodeScalars.first: result += "\\\(quote)"
      default: result.unicodeScalars.append(character)
      }
    }
    return result + String(quote)
  }

  private struct Parser {
    static let maximumDepth = 8

    let characters: [Character]
    var position = 0

    init(characters: [Character]) { self.characters = characters }

    var isAtEnd: Bool {
      mutating get {
        skipSpace()
        return position == characters.count
      }
    }

    private mutating func skipSpace() {
      while position < characters.count, characters[position].isWhitespace { position += 1 }
    }

    private mutating func take(_ character: Character) -> Bool {
      skipSpace()
      guard position < characters.count, characters[position] == character else { return false }
      position += 1
      return true
    }

    mutating func value(depth: Int) -> PythonLiteral? {
      guard depth < Self.maximumDepth else { return nil }
      if take("[") { return list(until: "]", depth: depth) }
      if take("(") { return list(until: ")", depth: depth) }
      if take("{") { return dictionary(depth: depth) }
      if take("'") { return string(until: "'") }
      if take("\"") { return string(until: "\"") }
      return number()
    }

    private mutating func list(until end: Character, depth: Int) -> PythonLiteral? {
      var items: [PythonLiteral] = []
      while !take(end) {
        guard let item = value(depth: depth + 1) else { return nil }
        items.append(item)
        if !take(",") { return take(end) ? .list(items) : nil }
      }
      return .list(items)
    }

    private mutating func dictionary(depth: Int) -> PythonLiteral? {
      var items: [(PythonLiteral, PythonLiteral)] = []
      while !take("}") {
        guard let key = value(depth: depth + 1), take(":"), let item = value(depth: depth + 1)
        else { return nil }
        items.append((key, item))
        if !take(",") { return take("}") ? .dictionary(items) : nil }
      }
      return .dictionary(items)
    }

    private mutating func number() -> PythonLiteral? {
      let start = position
      while position < characters.count, "+-.eE0123456789".contains(characters[position]) {
        position += 1
      }
      return Double(String(characters[start..<position])).map(PythonLiteral.number)
    }

    private mutating func string(until quote: Character) -> PythonLiteral? {
      var text = ""
      while position < characters.count {
        let character = characters[position]
        position += 1
        if character == quote { return .string(text) }
        if character == "\\" {
          guard let escaped = escape() else { return nil }
          text.append(escaped)
        } else {
          text.append(character)
        }
      }
      return nil
    }

    private mutating func escape() -> Character? {
      guard position < characters.count else { return nil }
      let character = characters[position]
      position += 1
      let digits: Int
      switch character {
      case "n": return "\n"
      case "r": return "\r"
      case "t": return "\t"
      case "x": digits = 2
      case "u": digits = 4
      case "U": digits = 8
      default: return character
      }
      guard position + digits <= characters.count else { return nil }
      let code = UInt32(String(characters[position..<position + digits]), radix: 16)
      position += digits
      return code.flatMap(Unicode.Scalar.init).map(Character.init)
    }
  }
}
