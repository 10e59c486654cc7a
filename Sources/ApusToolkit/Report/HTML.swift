/// Text of an HTML page, in which everything interpolated is escaped unless it is HTML itself.
///
/// What is written this way is well-formed XML as well: every element is closed, every attribute quoted.
package struct HTML: Sendable, ExpressibleByStringInterpolation {
  /// The text as a page has it.
  package private(set) var text = ""

  /// Nothing.
  package init() {}

  /// HTML as it stands, from a literal of the program.
  package init(stringLiteral text: StaticString) { self.text = text.description }

  /// A literal of the program with values in it.
  package init(stringInterpolation parts: StringInterpolation) { text = parts.text }

  /// The parts of a literal as they are collected.
  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    /// An empty collection.
    package init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity * 2)
    }

    /// Takes HTML of the program.
    package mutating func appendLiteral(_ literal: StaticString) { text += literal.description }

    /// Takes a value that is HTML already.
    package mutating func appendInterpolation(_ html: HTML) { text += html.text }

    /// Takes text from anywhere, escaped.
    package mutating func appendInterpolation(_ text: String) { self.text += HTML.escaped(text) }

    /// Takes a number.
    package mutating func appendInterpolation(_ number: Int) { text += String(number) }
  }

  /// Appends HTML.
  package static func += (left: inout HTML, right: HTML) { left.text += right.text }

  /// Pieces one after the other.
  package static func joined(_ pieces: some Sequence<HTML>, separator: HTML = "") -> HTML {
    var result = HTML()
    for (place, piece) in pieces.enumerated() {
      if place > 0 { result += separator }
      result += piece
    }
    return result
  }

  /// Text that means itself between tags and in quoted attributes.
  ///
  /// Control characters, which neither HTML nor XML may hold, become U+FFFD.
  package static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      default:
        let isForbidden =
          scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
          || scalar.value & 0xFFFE == 0xFFFE
        result.unicodeScalars.append(isForbidden ? "\u{FFFD}" : scalar)
      }
    }
    return result
  }

  /// Text that a file may make as long as it likes, cut where nobody reads on.
  package static func clipped(_ text: String, to count: Int = 120) -> String {
    let start = text.prefix(count)
    return start.endIndex == text.endIndex ? text : start + "…"
  }
}
