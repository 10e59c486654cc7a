import ApusGraph
import ApusONNX
import ApusOperators
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

/// What the writer makes of graphs that ONNX cannot hold as they are.
@Suite struct WriterTests {
  private static func graph(opset: Int = 17) -> Graph {
    var graph = Graph(name: "small", opset: opset)
    graph.metadata = ["note": "kept"]
    graph.card.classNames = ["it's", "two"]
    graph.card.strides = [8, 16]
    graph.card.anchors = [[[4.34765625, 4.66015625]]]
    return graph
  }

  @Test func expandsOperatorsOnlyApusHas() throws {
    var graph = Self.graph()
    let x = graph.addInput("x", Fact(.float32, [.symbol("batch"), 2]))
    let first = try graph.append(Silu(), [x], name: "first")
    let second = try graph.append(Silu(), [first], name: "second")
    graph.setOutputs([second])
    let again = try ONNXReader.read(try ONNXWriter.bytes(of: graph))
    #expect(again.nodes.map { $0.op.kind.name } == ["Sigmoid", "Mul", "Sigmoid", "Mul"])
    #expect(again.outputs.map { again[$0].name } == ["second"])
    #expect(again[again.inputs[0]].fact.shape == [.symbol("batch"), 2])
    #expect(again.card == graph.card && again.metadata == graph.metadata)
  }

  @Test func writesConstantInputsAsTheAttributesOfOlderSets() throws {
    var graph = Self.graph()
    let x = graph.addInput("x", Fact(.float32, [1, 2, 1]))
    let axes = graph.addConstant(Tensor([0] as [Int64]), name: "axes")
    let squeezed = try graph.append(Squeeze(), [x, axes], name: "squeezed")
    graph.setOutputs([squeezed])
    let options = ONNXWriteOptions(opset: 11)
    let older = try ONNXReader.read(try ONNXWriter.bytes(of: graph, options: options))
    #expect(older.opset == 11 && older.nodes.count == 1)
    #expect(older[older.outputs[0]].fact.shape == [2, 1])
    // In the file the constant is an attribute; reading makes it an input again, under another
    // name.
    #expect(older.value(named: "axes") == nil && older.constants.count == 1)
    let same = try ONNXReader.read(try ONNXWriter.bytes(of: graph))
    #expect(GraphDifference.first(graph, same) == nil)
  }

  @Test func refusesWithEveryNodeThatTheSetLacks() throws {
    var graph = Self.graph()
    let x = graph.addInput("x", Fact(.float32, [2, 2]))
    let axes = graph.addInput("axes", Fact(.int64, [1]))
    let a = try graph.append(Unsqueeze(), [x, axes], name: "first")
    let b = try graph.append(Unsqueeze(), [x, axes], name: "second")
    graph.setOutputs([a, b])
    let error = try #require(throws: ONNXError.self) {
      try ONNXWriter.bytes(of: graph, options: ONNXWriteOptions(opset: 11))
    }
    #expect(error.code == .unsupported)
    #expect("\(error)".contains("'first'") && "\(error)".contains("'second'"), "\(error)")
    #expect(throws: ONNXError.self) {
      try ONNXWriter.bytes(of: graph, options: ONNXWriteOptions(opset: 3))
    }
  }

  @Test func givesAnOutputListedTwiceTwoNames() throws {
    var graph = Self.graph()
    let x = graph.addInput("x", Fact(.float32, [2]))
    let y = try graph.append(Relu(), [x], name: "y")
    graph.setOutputs([y, y])
    let again = try ONNXReader.read(try ONNXWriter.bytes(of: graph))
    #expect(again.outputs.map { again[$0].name } == ["y", "y_copy1"])
  }

  @Test(arguments: DType.allCases)
  func keepsConstantsOfEveryType(_ dtype: DType) throws {
    var graph = Graph(name: "constants", opset: 17)
    let values: [Int64] = [0, 1, 100, -1, 0, 1]
    graph.setOutputs([
      graph.addConstant(Tensor(integers: values, dtype: dtype, shape: [2, 3]), name: "full"),
      graph.addConstant(Tensor(zeros: [0, 4], dtype: dtype), name: "empty"),
      graph.addConstant(Tensor(integers: [1], dtype: dtype, shape: []), name: "scalar"),
    ])
    let again = try ONNXReader.read(try ONNXWriter.bytes(of: graph))
    #expect(GraphDifference.first(graph, again) == nil)
  }

  @Test func replacesAFileOnlyByAWholeOne() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("apus-\(UUID().uuidString).onnx")
    defer { try? FileManager.default.removeItem(at: url) }
    try Data("old".utf8).write(to: url)
    var graph = Self.graph()
    let x = graph.addInput("x", Fact(.float32, [2]))
    graph.setOutputs([try graph.append(Relu(), [x], name: "y")])
    #expect(throws: ONNXError.self) {
      try ONNXWriter.write(graph, options: ONNXWriteOptions(opset: 3), to: url)
    }
    #expect(try Data(contentsOf: url) == Data("old".utf8))
    try ONNXWriter.write(graph, to: url)
    #expect(GraphDifference.first(graph, try ONNXReader.read(contentsOf: url)) == nil)
  }
}
