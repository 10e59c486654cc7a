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
    let text = String(decoding: bytes, as: UTF8.self)
    let declaration = text.prefix(200).prefix { $0 != ">" }.lowercased()
    let isUTF8 =
      !declaration.contains("encoding") || declaration.contains("utf-8")
      || declaration.contains("ascii")
    guard isUTF8, !text.contains("<!DOCTYPE"), !text.contains("<!ENTITY") else {
      throw DatasetError(
        .unsupported, file: file, expected: "XML in UTF-8 without document type and entities",
        found: isUTF8 ? "a document type" : "another encoding",
        remedy: "Save the file as UTF-8 and remove the declaration.")
    }
    var reader = XMLReader(bytes, depth: depth)
    do throws(XMLReader.Fault) {
      return try reader.read()
    } catch {
      switch error {
      case .tooDeep:
        throw DatasetError(
          .tooDeep, file: file, place: "line \(reader.line)",
          expected: "at most \(depth) levels of elements", found: "more",
          remedy: "Write the file anew with the tool it came from.")
      case .malformed(let found):
        throw DatasetError(
          .malformed, file: file, place: "line \(reader.line)", expected: "well-formed XML",
          found: found,
          remedy: "Correct the file there, or write it anew with the tool it came from.")
      }
    }
  }
}
