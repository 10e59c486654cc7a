internal import CExpat

/// Builds elements of what expat finds in a file.
///
/// Attributes, comments and instructions are passed over. A document type is refused where it begins: so there are no
/// entities but the five that XML itself names, and nothing is read from elsewhere.
final class XMLReader {
  private let file: String
  private let depth: Int
  private let parser: XML_Parser
  /// The elements that have begun and not ended, outermost first.
  private var open: [XMLElement] = []
  private var root: XMLElement?
  /// Why the parser was stopped.
  private var fault: DatasetError?

  init(file: String, depth: Int) throws(DatasetError) {
    guard let parser = XML_ParserCreate(nil) else {
      throw DatasetError(
        .tooLarge, file: file, expected: "memory for a reader of XML", found: "none",
        remedy: "End other programs.")
    }
    self.file = file
    self.depth = depth
    self.parser = parser
    // Safety: the parser calls back only within `read`, while this object lives.
    XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
    XML_SetElementHandler(
      parser, { reader, name, _ in XMLReader.at(reader)?.begin(name) },
      { reader, _ in XMLReader.at(reader)?.end() })
    XML_SetCharacterDataHandler(
      parser, { reader, text, count in XMLReader.at(reader)?.append(text, count) })
    XML_SetStartDoctypeDeclHandler(
      parser, { reader, _, _, _, _ in XMLReader.at(reader)?.refuseDocumentType() })
  }

  deinit { XML_ParserFree(parser) }

  private static func at(_ reader: UnsafeMutableRawPointer?) -> XMLReader? {
    reader.map { Unmanaged<XMLReader>.fromOpaque($0).takeUnretainedValue() }
  }

  /// The outermost element.
  func read(_ bytes: [UInt8]) throws(DatasetError) -> XMLElement {
    guard let count = Int32(exactly: bytes.count) else {
      throw DatasetError(
        .tooLarge, file: file, expected: "at most 2 GiB of XML", found: "\(bytes.count) bytes",
        remedy: "Split the file.")
    }
    let status = bytes.withUnsafeBytes { buffer in
      buffer.withMemoryRebound(to: CChar.self) { XML_Parse(parser, $0.baseAddress, count, 1) }
    }
    if let fault { throw fault }
    guard status == XML_STATUS_OK, let root else { throw malformed(XML_GetErrorCode(parser)) }
    return root
  }

  private func begin(_ name: UnsafePointer<XML_Char>?) {
    guard fault == nil, let name else { return }
    guard open.count < depth else {
      return stop(
        error(
          .tooDeep, expected: "at most \(depth) levels of elements", found: "more",
          remedy: "Write the file anew with the tool it came from."))
    }
    let element = XMLElement(String(cString: name), line: line)
    if let parent = open.last { parent.children.append(element) } else { root = element }
    open.append(element)
  }

  private func end() {
    guard fault == nil, let element = open.popLast() else { return }
    let scalars = element.text.unicodeScalars
    let inner = scalars.drop { $0.properties.isWhitespace }.reversed()
      .drop { $0.properties.isWhitespace }.reversed()
    element.text = String(String.UnicodeScalarView(inner))
  }

  /// Expat never splits a character.
  private func append(_ text: UnsafePointer<XML_Char>?, _ count: Int32) {
    guard fault == nil, let element = open.last else { return }
    element.text += String(
      decoding: UnsafeRawBufferPointer(start: text, count: Int(count)), as: UTF8.self)
  }

  private func refuseDocumentType() {
    stop(
      error(
        .unsupported, expected: "XML without document type and entities", found: "a document type",
        remedy: "Remove the declaration."))
  }

  /// Ends the reading; some calls may still follow.
  private func stop(_ fault: DatasetError) {
    self.fault = fault
    XML_StopParser(parser, 0)
  }

  private func malformed(_ code: XML_Error) -> DatasetError {
    if code == XML_ERROR_UNKNOWN_ENCODING {
      return error(
        .unsupported, expected: "XML in UTF-8", found: "another encoding",
        remedy: "Save the file as UTF-8.")
    }
    let reason = XML_ErrorString(code).map { String(cString: $0) } ?? "error \(code.rawValue)"
    let place = open.last.map { " in <\($0.name.prefix(60))> of line \($0.line)" } ?? ""
    return error(
      .malformed, expected: "well-formed XML", found: reason + place,
      remedy: "Correct the file there, or write it anew with the tool it came from.")
  }

  /// An error at the place the parser has reached.
  private func error(
    _ code: DatasetError.Code, expected: String, found: String, remedy: String
  ) -> DatasetError {
    DatasetError(
      code, file: file, place: "line \(line), column \(XML_GetCurrentColumnNumber(parser) + 1)",
      expected: expected, found: found, remedy: remedy)
  }

  private var line: Int { Int(XML_GetCurrentLineNumber(parser)) }
}
