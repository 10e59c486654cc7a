import ApusGraph
import ApusONNX
import ApusOperators
import ApusTensor
import ApusTestSupport
import Testing

/// The model card in a file's metadata, under our key and under upstream's.
@Suite struct MetadataTests {
  private static func graph(batch: Dimension = 4) throws -> Graph {
    var graph = Graph(name: "net")
    let x = graph.addInput("images", Fact(.float32, [batch, 3, 64, 96]))
    graph.setOutputs([try graph.append(Relu(), [x], name: "stride8")])
    return graph
  }

  private static func detector(batch: Dimension = 4) throws -> Graph {
    var graph = try graph(batch: batch)
    graph.card.family = "YOLOv5"
    graph.card.variant = "yolov5n"
    graph.card.classNames = ["it's", "two"]
    graph.card.strides = [8, 16]
    graph.card.anchors = [[[10, 13], [4.34765625, 0.1]], [[30, 61], [62, 1e-5]]]
    graph.card.inputSize = [64, 96]
    graph.card.heads = [ModelCard.Head(output: "stride8", content: .anchorGrid, stride: 8)]
    return graph
  }

  /// The entries of a file that was written, without our own.
  private static func entries(_ graph: Graph) throws -> [String: String] {
    try RawMetadata.entries(of: try ONNXWriter.bytes(of: graph)).filter { $0.key != "apus.card" }
  }

  @Test func upstreamsKeysAreWritten() throws {
    #expect(
      try Self.entries(Self.detector()) == [
        "names": "{0: \"it's\", 1: 'two'}", "stride": "16", "imgsz": "[64, 96]",
        "anchors": "[[[10.0, 13.0], [4.3476562, 0.1]], [[30.0, 61.0], [62.0, 1e-05]]]",
        "task": "detect", "batch": "4", "description": "YOLOv5 detector (yolov5n), 2 classes",
      ])
    let open = try Self.entries(Self.detector(batch: .symbol("batch")))
    #expect(open["batch"] == "1")
    #expect(try Self.entries(Self.graph()).isEmpty)
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    var graph = try Self.detector()
    graph.metadata = ["author": "somebody"]
    let again = try ONNXReader.read(try ONNXWriter.bytes(of: graph))
    #expect(again.card == graph.card && again.metadata == graph.metadata)
    // A file's own words stay.
    graph.metadata = ["description": "mine", "task": "segment"]
    let own = try ONNXReader.read(try ONNXWriter.bytes(of: graph))
    #expect(own.card == graph.card && own.metadata == graph.metadata)
  }

  @Test func aForeignFilesEntriesBecomeTheCard() throws {
    let entries = [
      "names": "{0: 'a', 1: 'b'}", "stride": "32", "imgsz": "[320, 416]", "batch": "1",
      "anchors": "[[[5, 6], [7, 8]], [[1.5, 2], [3, 4]], [[1, 1], [2, 2]], [[9, 9], [8, 8]]]",
    ]
    var graph = try Self.graph()
    graph.metadata = entries
    let read = try ONNXReader.read(try ONNXWriter.bytes(of: graph))
    #expect(read.card.classNames == ["a", "b"])
    // Four levels whose coarsest has a stride of 32.
    #expect(read.card.strides == [4, 8, 16, 32])
    #expect(read.card.inputSize == [320, 416])
    #expect(read.card.anchors.map(\.count) == [2, 2, 2, 2] && read.card.anchors[1][0] == [1.5, 2])
    #expect(read.metadata == ["batch": "1"])
    let again = try ONNXReader.read(try ONNXWriter.bytes(of: read))
    #expect(again.card == read.card && again.metadata == read.metadata)
  }

  @Test func anchorsInRowsAreReadToo() throws {
    var graph = try Self.graph()
    graph.metadata = ["anchors": "[[10, 13, 16, 30], [30, 61, 62, 45]]"]
    let read = try ONNXReader.read(try ONNXWriter.bytes(of: graph))
    #expect(read.card.anchors == [[[10, 13], [16, 30]], [[30, 61], [62, 45]]])
  }

  @Test(arguments: [
    "", "[]", "3", "[[]]", "[[1]]", "[[1, 2], [3]]", "[[1, 2], [3, 4, 5, 6]]", "[[[1, 2, 3]]]",
    "[[[1, 'a']]]", "[[[1, -2]]]", "[[[1, 0]]]", "[[[1, 1e99]]]", "[['a', 'b']]",
    "__import__('os')",
    "[[[1, 2], 3]]", "{0: [1, 2]}",
  ])
  func anchorsThatAreNoneStayWhereTheyAre(_ text: String) throws {
    var graph = try Self.graph()
    graph.metadata = ["anchors": text]
    let read = try ONNXReader.read(try ONNXWriter.bytes(of: graph))
    #expect(read.card.anchors.isEmpty && read.metadata == ["anchors": text])
  }

  /// What cannot be stated as a number of a file is left to our own key.
  @Test func anchorsThatAreNoNumbersAreNotWrittenForOthers() throws {
    var graph = try Self.detector()
    graph.card.anchors = [[[.infinity, 1]]]
    #expect(try Self.entries(graph)["anchors"] == nil)
    let again = try ONNXReader.read(try ONNXWriter.bytes(of: graph))
    #expect(again.card == graph.card && again.metadata.isEmpty)
  }
}

/// The metadata of a model file as any reader sees it; shares no code with the reader under test.
private enum RawMetadata {
  static func entries(of model: [UInt8]) throws -> [String: String] {
    var entries: [String: String] = [:]
    for field in fields(of: model[...]) where field.number == 14 {
      let parts = fields(of: field.bytes).map { String(decoding: $0.bytes, as: UTF8.self) }
      try #require(parts.count == 2)
      entries[parts[0]] = parts[1]
    }
    return entries
  }

  /// The fields of a message; numbers have no bytes.
  private static func fields(of bytes: ArraySlice<UInt8>) -> [(
    number: Int, bytes: ArraySlice<UInt8>
  )] {
    var rest = bytes
    func varint() -> Int {
      var value = 0
      var shift = 0
      while let byte = rest.popFirst() {
        value |= Int(byte & 0x7f) << shift
        if byte < 0x80 { break }
        shift += 7
      }
      return value
    }
    var found: [(Int, ArraySlice<UInt8>)] = []
    while !rest.isEmpty {
      let key = varint()
      let size = varint()
      guard key & 7 == 2 else {
        found.append((key >> 3, []))
        continue
      }
      found.append((key >> 3, rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    return found
  }
}
