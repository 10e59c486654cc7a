import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// An element of an XML file.
final class XMLElement {
  /// Its name.
  let name: String
  /// The line it begins on.
  let line: Int
  /// Its text without outer white space.
  var text = ""
  /// The elements in it.
  var children: [XMLElement] = []

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

/// Reads XML into elements; attributes are passed over, document types and entities refused.
final class XMLTree: NSObject, XMLParserDelegate {
  private let depth: Int
  private var stack: [XMLElement] = []
  private var root: XMLElement?
  private var isTooDeep = false

  private init(depth: Int) { self.depth = depth }

  /// The outermost element of a file.
  static func read(
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
    let parser = XMLParser(data: Data(bytes))
    let tree = XMLTree(depth: depth)
    parser.delegate = tree
    parser.shouldResolveExternalEntities = false
    let isRead = parser.parse()
    guard !tree.isTooDeep else {
      throw DatasetError(
        .tooDeep, file: file, place: "line \(parser.lineNumber)",
        expected: "at most \(depth) levels of elements", found: "more",
        remedy: "Write the file anew with the tool it came from.")
    }
    guard isRead, parser.parserError == nil, tree.stack.isEmpty, let root = tree.root else {
      throw DatasetError(
        .malformed, file: file, place: "line \(max(1, parser.lineNumber))",
        expected: "well-formed XML", found: bytes.isEmpty ? "an empty file" : "an error",
        remedy: "Correct the file there, or write it anew with the tool it came from.")
    }
    return root
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    guard stack.count < depth else {
      isTooDeep = true
      return parser.abortParsing()
    }
    let element = XMLElement(name, line: parser.lineNumber)
    stack.last?.children.append(element)
    if stack.isEmpty { root = element }
    stack.append(element)
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { stack.last?.text += string }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    guard let element = stack.popLast() else { return }
    element.text = element.text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
