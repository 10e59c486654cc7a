/// An element of an XML file.
package final class XMLElement {
  /// Its name.
  package let name: String
  /// The line it begins on.
  package let line: Int
  /// Its text without outer white space.
  package var text = ""
  /// The elements in it.
  package var children: [XMLElement] = []

  init(_ name: String, line: Int) {
    self.name = name
    self.line = line
  }

  /// The first element of a name.
  subscript(_ name: String) -> XMLElement? { children.first { $0.name == name } }

  /// The element as JSON: its text, or its elements by name, repeated ones as a list.
  ///
  /// Text that is exactly what a number would be written as becomes that number.
  var json: JSON {
    guard !children.isEmpty else {
      if let value = Int(text), String(value) == text { return .integer(value) }
      if let value = Double(text), value.isFinite, "\(value)" == text { return .number(value) }
      return .text(text)
    }
    return .object(Self.json(of: children))
  }

  /// Elements as members of a JSON object.
  static func json(of elements: [XMLElement]) -> [String: JSON] {
    Dictionary(grouping: elements, by: \.name).mapValues { same in
      same.count == 1 ? same[0].json : .array(same.map(\.json))
    }
  }
}

extension XMLElement {
  /// The outermost element of a file; attributes are passed over, document types and entities refused.
  package static func read(
    _ bytes: [UInt8], file: String, depth: Int
  ) throws(DatasetError) -> XMLElement {
    try XMLReader(file: file, depth: depth).read(bytes)
  }
}
