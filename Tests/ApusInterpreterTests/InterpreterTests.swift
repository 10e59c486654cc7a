import ApusGraph
import ApusInterpreter
import ApusOperators
import ApusTensor
import Testing

/// The rules of the interpreter itself; what operators compute is tested with them.
@Suite struct InterpreterTests {
  private static let batch = Dimension.symbol("batch")

  /// relu(a + b) * b, with the sum as an output too.
  private static func graph() throws -> Graph {
    var graph = Graph(name: "small")
    let a = graph.addInput("a", Fact(.float32, [batch, 2]))
    let b = graph.addInput("b", Fact(.float32, [batch, 2]))
    let sum = try graph.append(Add(), [a, b], name: "sum")
    let relu = try graph.append(Relu(), [sum], name: "relu")
    let product = try graph.append(Mul(), [relu, b], name: "product")
    graph.setOutputs([product, sum])
    return graph
  }

  private static let inputs: [String: Tensor] = [
    "a": Tensor([-5, 1, 2, 3] as [Float], shape: [2, 2]),
    "b": Tensor([1, 2, 3, 4] as [Float], shape: [2, 2]),
  ]

  @Test func computesTheOutputsInTheirOrder() throws {
    let outputs = try Interpreter(Self.graph()).run(Self.inputs)
    #expect(outputs.map(\.floats) == [[0, 6, 15, 28], [-4, 3, 5, 7]])
  }

  @Test func givesEveryValue() throws {
    let all = try Interpreter(Self.graph()).runAll(Self.inputs)
    #expect(Set(all.keys) == ["sum", "relu", "product"])
    #expect(all["relu"]?.floats == [0, 3, 5, 7])
  }

  @Test func stopsWhereTheObserverThrows() throws {
    struct Enough: Error {}
    var seen: [String] = []
    #expect(throws: Enough.self) {
      try Interpreter(Self.graph()).run(Self.inputs) { value, _ in
        seen.append(value.name)
        if value.name == "relu" { throw Enough() }
      }
    }
    #expect(seen == ["sum", "relu"])
  }

  @Test func returnsAnInputOrAConstantThatIsAnOutput() throws {
    var graph = Graph()
    let a = graph.addInput("a", Fact(.float32, [1]))
    let constant = graph.addConstant(Tensor([7] as [Float]), name: "seven")
    graph.setOutputs([a, constant, a])
    let outputs = try Interpreter(graph).run(["a": Tensor([3] as [Float])])
    #expect(outputs.map(\.floats) == [[3], [7], [3]])
  }

  @Test func namesAMissingInput() throws {
    let error = try #require(throws: GraphError.self) {
      try Interpreter(Self.graph()).run(["a": Self.inputs["a"] ?? Tensor(zeros: [])])
    }
    #expect("\(error)".contains("'b'") && "\(error)".contains("none is given"))
  }

  @Test func namesAnInputThatDoesNotExist() throws {
    let error = try #require(throws: GraphError.self) {
      try Interpreter(Self.graph()).run(
        Self.inputs.merging(["image": Tensor(zeros: [1])]) { $1 })
    }
    #expect("\(error)".contains("'image'") && "\(error)".contains("'a', 'b'"))
  }

  @Test(arguments: [
    (Tensor([1, 2] as [Int64], shape: [1, 2]), "int64"),
    (Tensor(zeros: [2, 3]), "[2, 3]"),
    (Tensor(zeros: [2]), "[2]"),
    (Tensor(zeros: [3, 2]), "'batch'"),
  ])
  func refusesAnInputThatDoesNotFit(_ tensor: Tensor, _ said: String) throws {
    let error = try #require(throws: GraphError.self) {
      try Interpreter(Self.graph()).run(Self.inputs.merging(["b": tensor]) { $1 })
    }
    #expect("\(error)".contains(said) && "\(error)".contains("'b'"))
  }

  @Test func namesTheNodeThatCannotBeRun() throws {
    var graph = Graph()
    let a = graph.addInput("a", Fact(.float32, [1]))
    let kind = OperatorKind("Fancy", domain: "com.example")
    let made = try graph.append(
      ForeignOperator(kind: kind, attributes: [:]), [a], name: "strange")
    graph.setOutputs([made])
    let error = try #require(throws: GraphError.self) {
      try Interpreter(graph).run(["a": Tensor([3] as [Float])])
    }
    #expect("\(error)".contains("strange") && "\(error)".contains("com.example.Fancy"))
  }
}
