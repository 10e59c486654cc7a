import ApusDatasets
import ApusTestSupport
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The reader of XML beside Foundation's parser.
@Suite struct XMLReaderTests {
  private static func read(_ bytes: [UInt8], depth: Int = 100) throws -> Node {
    Node(try ApusDatasets.XMLElement.read(bytes, file: "a.xml", depth: depth))
  }

  static let documents = [
    "<a/>", "<a></a >", "<a b='1' c = \"2>\"\n/>",
    "<?xml version=\"1.0\"?>\n<a>\n  <b>x</b>\n</a>\n",
    "\u{FEFF}<a>ü</a>", "<a>1 &lt; 2 &amp;&amp; 3 &gt; 2 &quot;&apos;</a>", "<a>&#65;&#x1F600;</a>",
    "<a><!-- no <b> here -->t</a>", "<a>x<![CDATA[<b>&amp;]]>y</a>", "<!-- a --><a/><?end of it?>",
    "<a>one<b>two</b>three</a>", "<a>1\r\n2\r3</a>",
    "<ns:a xmlns:ns='u' ns:b='&lt;'><c-d.e _f=''/></ns:a>",
    "<a>\n\n<b\nc='d'\n>e</b></a>", "<ä ö='ü'>ß</ä>", "<a><?pi <b> ?></a>",
  ]

  @Test(arguments: documents)
  func readsAsFoundationDoes(_ text: String) throws {
    #expect(try Self.read(Array(text.utf8)) == #require(Reference.read(Data(text.utf8))))
  }

  @Test(arguments: [
    "", " ", "text", "<a", "<a>", "<a></b>", "</a>", "<a/><b/>", "<a/>text", "text<a/>",
    "<a b></a>",
    "<a b=c/>", "<a b='c/>", "<a b='<'/>", "<a b='c'd='e'/>", "<a>&none;</a>", "<a>&</a>",
    "<a>&#0;</a>", "<a>&#xD800;</a>", "<a>&#;</a>", "<a>\u{1}</a>", "<a><!-- -- --></a>",
    "<a><!--</a>",
    "<a><![CDATA[</a>", "<![CDATA[a]]>", "<a><?pi</a>", "< a/>", "<1/>", "<a/ >", "<a><b></a></b>",
  ])
  func refusesWhatFoundationRefuses(_ text: String) throws {
    #expect(Reference.read(Data(text.utf8)) == nil)
    let error = #expect(throws: DatasetError.self) { try Self.read(Array(text.utf8)) }
    #expect(error?.code == .malformed && error?.place.hasPrefix("line ") == true)
  }

  @Test func readsInstructionsWithoutText() throws {
    #expect(try Self.read(Array("<a><?end?></a>".utf8)) == Self.read(Array("<a/>".utf8)))
  }

  @Test func saysWhatAndWhere() throws {
    for (text, place, found) in [
      ("<a>\n<b>\n</c>", "line 3, column 3", "mismatched tag in <b> of line 2"),
      ("<a>\n\n", "line 3, column 1", "no element found in <a> of line 1"),
      ("<a>\n<b c='\n'/>&d;", "line 3, column 4", "undefined entity in <a> of line 1"),
      ("", "line 1, column 1", "no element found"),
      ("<a b='' b=''/>", "line 1, column 9", "duplicate attribute"),
    ] {
      let error = #expect(throws: DatasetError.self) { try Self.read(Array(text.utf8)) }
      #expect(error?.code == .malformed && error?.place == place, "\(text)")
      #expect(error?.found == found, "\(text)")
    }
    let bytes = #expect(throws: DatasetError.self) { try Self.read([0x3c, 0xff, 0x3e]) }
    #expect(bytes?.found == "not well-formed (invalid token)")
    let deep = #expect(throws: DatasetError.self) {
      try Self.read(Array("<a>\n <b><c/></b></a>".utf8), depth: 2)
    }
    #expect(deep?.code == .tooDeep && deep?.place == "line 2, column 5")
  }

  /// Entities can only be declared in a document type; its name in a text is none.
  @Test(arguments: [
    "<!DOCTYPE a>", "<!DOCTYPE a SYSTEM 'a.dtd'>",
    "<!DOCTYPE a [<!ENTITY % e SYSTEM '/etc/hostname'> %e;]>",
    "<!DOCTYPE a [<!ENTITY e 'e'><!ENTITY f '&e;&e;&e;&e;'>]>",
  ])
  func refusesDocumentTypes(_ type: String) throws {
    let error = #expect(throws: DatasetError.self) {
      try Self.read(Array("<?xml version='1.0'?>\n\(type)<a/>".utf8))
    }
    #expect(error?.code == .unsupported && error?.found == "a document type")
    #expect(error?.place.hasPrefix("line 2, column ") == true)
    #expect(try Self.read(Array("<a><!--\(type)--></a>".utf8)).text.isEmpty)
  }

  @Test func readsOtherDeclaredEncodings() throws {
    let declared = Array("<?xml version='1.0' encoding='ISO-8859-1'?><a>".utf8)
    #expect(try Self.read(declared + [0xFC] + Array("</a>".utf8)).text == "ü")
    let wide = [0xFEFF] + "<a>ü</a>".utf16
    let bytes = wide.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    #expect(try Self.read(bytes).text == "ü")
  }

  /// Whatever Foundation still reads of a damaged document is read alike.
  @Test(arguments: 0..<UInt64(200))
  func readsDamagedDocumentsAlike(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    // Foundation's parser crashes on instructions without a text and on names that are not UTF-8.
    for document in Self.documents
    where !document.contains("<?") && document.utf8.allSatisfy({ $0 < 128 }) {
      var bytes = Array(document.utf8)
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<3, using: &generator) {
      case 0: bytes.remove(at: place)
      case 1:
        bytes.insert(Array("<>/&;'= \nax".utf8).randomElement(using: &generator) ?? 0, at: place)
      default: bytes[place] = Array("<>/&;'\"= x!?-".utf8).randomElement(using: &generator) ?? 0
      }
      guard let expected = Reference.read(Data(bytes)) else {
        _ = try? Self.read(bytes)
        continue
      }
      #expect(try Self.read(bytes) == expected, "\(String(decoding: bytes, as: UTF8.self))")
    }
  }
}

/// What both readers give of an element.
private struct Node: Equatable {
  var name: String
  var text = ""
  var children: [Node] = []

  init(name: String) { self.name = name }

  init(_ element: ApusDatasets.XMLElement) {
    name = element.name
    text = element.text
    children = element.children.map(Node.init)
  }
}

/// Foundation's parser, made to give elements.
private final class Reference: NSObject, XMLParserDelegate {
  private var stack = [Node(name: "")]

  /// The outermost element; nil where the document is not well-formed.
  static func read(_ data: Data) -> Node? {
    let parser = XMLParser(data: data)
    let reference = Reference()
    parser.delegate = reference
    guard !data.isEmpty, parser.parse(), parser.parserError == nil, reference.stack.count == 1
    else {
      return nil
    }
    return reference.stack[0].children.first
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    stack.append(Node(name: name))
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    stack[stack.count - 1].text += string
  }

  func parser(_ parser: XMLParser, foundCDATA block: Data) {
    stack[stack.count - 1].text += String(decoding: block, as: UTF8.self)
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    var node = stack.removeLast()
    node.text = node.text.trimmingCharacters(in: .whitespacesAndNewlines)
    stack[stack.count - 1].children.append(node)
  }
}
