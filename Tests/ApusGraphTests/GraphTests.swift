import ApusGraph
import ApusOperators
import ApusTensor
import Testing

/// A small graph to try things on: `y = (x * sigmoid(x)) + c`.
struct Example {
  var graph = Graph(name: "example")
  let x: ValueID
  let c: ValueID
  let sigmoid: ValueID
  let product: ValueID
  let y: ValueID

  init() throws {
    x = graph.addInput("x", Fact(.float32, [.symbol("n"), 4]))
    c = graph.addConstant(Tensor([1, 2, 3, 4] as [Float]), name: "c")
    sigmoid = try graph.append(Sigmoid(), [x], name: "sigmoid")
    product = try graph.append(Mul(), [x, sigmoid], name: "product")
    y = try graph.append(Add(), [product, c], name: "y")
    graph.setOutputs([y])
  }
}

@Suite struct DeclaredFactTests {
  @Test func whatIsDeclaredBehindAnUnknownOperatorSurvivesAPatch() throws {
    var graph = Graph()
    let x = graph.addInput("x", Fact(.float32, [2] as Shape))
    let unknown = ForeignOperator(kind: OperatorKind("Frobnicate"), attributes: [:])
    let a = try graph.append(unknown, [x], name: "a")
    let b = try graph.append(Relu(), [a], name: "b")
    let c = try graph.append(
      Sigmoid(), [b], name: "c", outputNames: ["c"], declared: [Fact(.float32, [2] as Shape)])[0]
    graph.setOutputs([c])
    var patch = Patch("test")
    patch.replace(b, with: a)
    try graph.apply(patch)
    #expect(graph[c].fact == Fact(.float32, [2] as Shape))
  }
}

@Suite struct FactTests {
  @Test func aSmallIntegerConstantIsAListOfSizes() {
    #expect(Fact(constant: Tensor([Int64(2), 3])).content == [2, 3])
    #expect(Fact(constant: Tensor(scalar: Int32(5))).content == [5])
    #expect(Fact(constant: Tensor([Float(2)])).content == nil)
    #expect(Fact(constant: Tensor(zeros: [2, 2], dtype: .int64)).content == nil)
    #expect(Fact(constant: Tensor(zeros: [65], dtype: .int64)).content == nil)
  }

  @Test func knownSizesMakeAConstant() {
    #expect(Fact(content: [2, 3]).constant == Tensor([Int64(2), 3]))
    #expect(Fact(content: [.symbol("n"), 3]).constant == nil)
    #expect(Fact(content: [7], dtype: .int32, rank: 0).constant == Tensor(scalar: Int32(7)))
    #expect(Fact(content: [7], rank: 0).shape == [])
  }

  @Test func factsContradictByTypeRankOrSize() {
    let fact = Fact(.float32, [.symbol("n"), 4])
    #expect(!fact.contradicts(.unknown))
    #expect(!fact.contradicts(Fact(.float32, [1, 4])))
    #expect(fact.contradicts(Fact(.float16, [1, 4])))
    #expect(fact.contradicts(Fact(.float32, [1, 5])))
    #expect(fact.contradicts(Fact(.float32, [1, 4, 1])))
    #expect(fact.description == "float32 [n, 4]")
    #expect(Fact.unknown.fixedShape == nil)
    #expect(Fact(.int8, [2, 3]).fixedShape == [2, 3])
  }
}

@Suite struct GraphTests {
  @Test func factsAreKnownAsTheGraphGrows() throws {
    let example = try Example()
    #expect(example.graph[example.y].fact == Fact(.float32, [.symbol("n"), 4]))
    try example.graph.verify()
    #expect(example.graph.producer(of: example.y)?.name == "y")
    #expect(example.graph.value(named: "c")?.constant?.count == 4)
  }

  @Test func anErrorNamesNodeAndShapes() throws {
    var graph = try Example().graph
    let odd = graph.addConstant(Tensor([1, 2, 3] as [Float]))
    let y = graph.outputs[0]
    let before = graph.nodes.count
    let error = #expect(throws: GraphError.self) {
      try graph.append(Mul(), [y, odd], name: "wrong")
    }
    let text = error?.description ?? ""
    #expect(text.contains("'wrong' (Mul)"))
    #expect(text.contains("float32 [n, 4]") && text.contains("float32 [3]"))
    #expect(graph.nodes.count == before)
    // The name is free again.
    _ = try graph.append(Mul(), [y, y], name: "wrong")
    #expect(graph.nodes.last?.name == "wrong")
  }

  @Test func namesAreUnique() throws {
    var graph = try Example().graph
    let again = try graph.append(Relu(), [graph.outputs[0]], name: "y")
    #expect(graph[again].name == "y_1")
    graph.rename(again, to: "c")
    #expect(graph[again].name == "c_1")
    try graph.verify()
  }

  @Test func smallConstantsAreComputedAsFacts() throws {
    var graph = Graph()
    let a = graph.addConstant(Tensor([Int64(2), 3]))
    let b = graph.addConstant(Tensor([Int64(5)]))
    let sum = try graph.append(Add(), [a, b], name: "sum")
    #expect(graph[sum].fact.constant == Tensor([Int64(7), 8]))
    let large = graph.addConstant(Tensor(zeros: [5000]))
    let same = try graph.append(Relu(), [large], name: "large")
    #expect(graph[same].fact.constant == nil)
    #expect(graph[same].fact.fixedShape == [5000])
  }

  @Test func sizesCanBeGivenLater() throws {
    let example = try Example()
    let fixed = try example.graph.withSizes(["n": 8])
    #expect(fixed[example.y].fact.fixedShape == [8, 4])
    try fixed.verify()
    #expect(throws: GraphError.self) { try example.graph.withInputShapes(["z": [1]]) }
    #expect(throws: GraphError.self) { try example.graph.withInputShapes(["x": [1]]) }
    #expect(throws: GraphError.self) { try example.graph.withInputShapes(["x": [8, 5]]) }
  }

  @Test func deadNodesGo() throws {
    var example = try Example()
    _ = try example.graph.append(Relu(), [example.x], name: "unused")
    #expect(example.graph.removeDeadNodes() == 1)
    #expect(example.graph.nodes.count == 3)
    #expect(example.graph.value(named: "unused") == nil)
    try example.graph.verify()
  }
}
