import ApusGraph
import ApusONNX
import ApusTensor
import ApusTestSupport
import Testing

/// What the reader makes of models that are unusual but sound.
@Suite struct ReaderTests {
  @Test func sortsNodesThatAreListedInAnyOrder() throws {
    let graph = try ONNXReader.read(
      Message.model {
        $0.node("Relu", ["b"], ["c"])
        $0.node("Sigmoid", ["a"], ["b"])
        $0.input("a")
        $0.output("c")
      })
    #expect(graph.nodes.map { $0.op.kind.name } == ["Sigmoid", "Relu"])
    try graph.verify()
  }

  @Test func keepsTheOrderOfNodesThatAreSorted() throws {
    let graph = try ONNXReader.read(
      Message.model {
        $0.node("Relu", ["a"], ["b"])
        $0.node("Sigmoid", ["a"], ["c"])
        $0.node("Tanh", ["b"], ["d"])
        $0.input("a")
        for name in ["d", "c"] { $0.output(name) }
      })
    #expect(graph.nodes.map { $0.op.kind.name } == ["Relu", "Sigmoid", "Tanh"])
    #expect(graph.outputs.map { graph[$0].name } == ["d", "c"])
  }

  @Test func takesAnInputThatIsAlsoAnInitializerAsAConstant() throws {
    let graph = try ONNXReader.read(
      Message.model {
        $0.node("Add", ["a", "w"], ["b"])
        $0.initializer("w", [2], type: 1) { $0.bytes(9, [0, 0, 128, 63, 0, 0, 0, 64]) }
        $0.input("a")
        $0.input("w")
        $0.output("b")
      })
    #expect(graph.inputs.map { graph[$0].name } == ["a"])
    #expect(graph.value(named: "w")?.constant?.floats == [1, 2])
  }

  @Test func givesSizesNamesOfTheirOwnWhereTheFileHasNone() throws {
    let graph = try ONNXReader.read(
      Message.model {
        $0.node("Relu", ["a"], ["b"])
        $0.message(11) {
          $0.text(1, "a")
          $0.message(2) {
            $0.message(1) {
              $0.varint(1, 1)
              $0.message(2) {
                $0.message(1) { $0.text(2, "batch") }
                $0.message(1) { _ in }
                $0.message(1) { $0.varint(1, -1) }
                $0.message(1) { $0.varint(1, 4) }
              }
            }
          }
        }
        $0.output("b")
      })
    let shape = try #require(graph[graph.outputs[0]].fact.shape)
    #expect(shape.map(\.description) == ["batch", "a.1", "a.2", "4"])
  }

  struct Stored: CustomTestStringConvertible, Sendable {
    let type: Int
    let dtype: DType
    let field: Int
    let stored: [Int]
    let expected: [Double]

    var testDescription: String { "\(dtype)" }
  }

  @Test(arguments: [
    Stored(type: 3, dtype: .int8, field: 5, stored: [-2, 3], expected: [-2, 3]),
    Stored(type: 2, dtype: .uint8, field: 5, stored: [254, 3], expected: [254, 3]),
    Stored(type: 5, dtype: .int16, field: 5, stored: [-300, 3], expected: [-300, 3]),
    Stored(type: 10, dtype: .float16, field: 5, stored: [0x3c00, 0xc000], expected: [1, -2]),
    Stored(type: 16, dtype: .bfloat16, field: 5, stored: [0x3f80, 0xc000], expected: [1, -2]),
    Stored(type: 9, dtype: .bool, field: 5, stored: [1, 0], expected: [1, 0]),
    Stored(type: 7, dtype: .int64, field: 7, stored: [-1, 1 << 40], expected: [-1, 0x1p40]),
    Stored(type: 12, dtype: .uint32, field: 11, stored: [7, 1 << 31], expected: [7, 0x1p31]),
    Stored(type: 13, dtype: .uint64, field: 11, stored: [7, -1], expected: [7, 0x1p64]),
  ])
  func readsTypedElements(_ stored: Stored) throws {
    let graph = try ONNXReader.read(
      Message.model {
        $0.initializer("w", [2], type: stored.type) {
          for value in stored.stored { $0.varint(stored.field, value) }
        }
        $0.output("w")
      })
    let constant = try #require(graph.value(named: "w")?.constant)
    #expect(constant.dtype == stored.dtype && constant.doubles == stored.expected)
  }

  @Test func keepsAnUnknownOperatorWithItsAttributesAndSubgraph() throws {
    let bytes = Message.model(extra: {
      $0.message(8) {
        $0.text(1, "com.example")
        $0.varint(2, 3)
      }
    }) {
      $0.node("Sigmoid", ["a"], ["s"])
      $0.node("Fancy", ["a", ""], ["b"], domain: "com.example") {
        $0.message(5) {
          $0.text(1, "body")
          $0.message(6) {
            $0.node("Relu", ["s"], ["t"])
            $0.output("t")
          }
          $0.varint(20, 5)
        }
        $0.message(5) {
          $0.text(1, "ratio")
          $0.varint(3, 7)
          $0.varint(20, 2)
        }
      }
      $0.input("a")
      $0.output("b")
    }
    let graph = try ONNXReader.read(bytes)
    let node = try #require(graph.nodes.last)
    let op = try #require(node.op as? ForeignOperator)
    #expect(op.kind == OperatorKind("Fancy", domain: "com.example"))
    #expect(op.attributes["ratio"] == .int(7))
    // The subgraph reads 's' from outside: the node depends on it, and a written file says the
    // same.
    #expect(node.inputs.compactMap { $0.map { graph[$0].name } } == ["a", "s"])
    #expect(graph[node.outputs[0]].fact.shape == [2])
    let again = try ONNXReader.read(try ONNXWriter.bytes(of: graph))
    #expect(GraphDifference.first(graph, again) == nil)
  }

  @Test func inlinesFunctionsOfTheModel() throws {
    let graph = try ONNXReader.read(
      Message.model(extra: {
        $0.message(25) {
          $0.text(1, "Twice")
          $0.text(4, "x")
          $0.text(5, "y")
          $0.message(7) {
            for name in ["x", "x"] { $0.text(1, name) }
            $0.text(2, "inner")
            $0.text(4, "Add")
          }
          $0.message(7) {
            $0.text(1, "inner")
            $0.text(2, "y")
            $0.text(4, "Relu")
          }
          $0.text(10, "local")
        }
      }) {
        $0.node("Twice", ["a"], ["b"], domain: "local")
        $0.node("Twice", ["b"], ["c"], domain: "local")
        $0.input("a")
        $0.output("c")
      })
    #expect(graph.nodes.map { $0.op.kind.name } == ["Add", "Relu", "Add", "Relu"])
    #expect(graph[graph.outputs[0]].name == "c")
  }

  @Test func readsUpstreamMetadataIntoTheCard() throws {
    func model(_ entries: [(String, String)]) -> [UInt8] {
      Message.model(extra: { model in
        for (key, value) in entries {
          model.message(14) {
            $0.text(1, key)
            $0.text(2, value)
          }
        }
      }) {
        $0.node("Relu", ["a"], ["b"])
        $0.input("a")
        $0.output("b")
      }
    }
    let list = try ONNXReader.read(model([("names", "['cat', \"dog's\"]"), ("stride", "32")]))
    #expect(list.card.classNames == ["cat", "dog's"] && list.card.strides == [8, 16, 32])
    let dictionary = try ONNXReader.read(
      model([("names", "{0: 'a\\'b', 1: 'c'}"), ("author", "x"), ("stride", "none")]))
    #expect(dictionary.card.classNames == ["a'b", "c"])
    #expect(dictionary.metadata == ["author": "x", "stride": "none"])
    let odd = try ONNXReader.read(model([("names", "__import__('os').system('x')")]))
    #expect(odd.card.classNames == [] && odd.metadata["names"] != nil)
    let again = try ONNXReader.read(try ONNXWriter.bytes(of: list))
    #expect(again.card == list.card && again.metadata == list.metadata)
  }
}
