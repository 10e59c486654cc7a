import ApusGraph
import ApusOperators
import ApusTensor
import Testing

@Suite struct PatchTests {
  @Test func replacesNodesAndTheirReaders() throws {
    var example = try Example()
    var patch = Patch("silu")
    patch.replace(example.product, with: patch.add(Silu(), [example.x], name: "silu"))
    try example.graph.apply(patch)
    #expect(example.graph.nodes.map(\.op.kind.name) == ["Silu", "Add"])
    #expect(example.graph.nodes[0].provenance.sources == ["sigmoid", "product"])
    #expect(example.graph.nodes[0].provenance.passes == ["silu"])
    try example.graph.verify()
  }

  @Test func theReplacementOfAnOutputTakesItsName() throws {
    var example = try Example()
    var patch = Patch("test")
    let node = try #require(example.graph.producer(of: example.y))
    patch.replace(node, with: Sub(), [example.product, example.c])
    try example.graph.apply(patch)
    #expect(example.graph.outputs.map { example.graph[$0].name } == ["y"])
    #expect(example.graph.nodes.last?.op.kind.name == "Sub")
    #expect(example.graph.nodes.last?.provenance.sources == ["y"])
    try example.graph.verify()
  }

  @Test func aNodeCanBePutInBetween() throws {
    var example = try Example()
    var patch = Patch("insert")
    patch.replace(example.sigmoid, with: patch.add(Relu(), [example.sigmoid], name: "between"))
    try example.graph.apply(patch)
    #expect(example.graph.nodes.map(\.name) == ["sigmoid", "between", "product", "y"])
    #expect(example.graph.nodes[1].provenance.sources == ["sigmoid"])
    try example.graph.verify()
  }

  @Test func provenanceGrowsFromPatchToPatch() throws {
    var example = try Example()
    var first = Patch("first")
    first.replace(example.product, with: first.add(Silu(), [example.x]))
    try example.graph.apply(first)
    let silu = example.graph.nodes[0]
    var second = Patch("second")
    second.replace(silu, with: Relu(), [example.x])
    try example.graph.apply(second)
    #expect(example.graph.nodes[0].provenance.sources == ["sigmoid", "product"])
    #expect(example.graph.nodes[0].provenance.passes == ["first", "second"])
  }

  @Test func aReplacementOfAnotherTypeOrShapeIsRefused() throws {
    var example = try Example()
    let other = example.graph.addInput("other", Fact(.float32, [3, 3]))
    let before = example.graph
    var patch = Patch("wrong")
    patch.replace(example.product, with: other)
    let error = #expect(throws: GraphError.self) { try example.graph.apply(patch) }
    #expect(error?.code == .patch)
    #expect(error?.description.contains("wrong") == true)
    expectSame(example.graph, before)
  }

  @Test func anErrorLeavesTheGraphAsItWas() throws {
    var example = try Example()
    let odd = example.graph.addConstant(Tensor([1, 2, 3] as [Float]))
    let before = example.graph
    var patch = Patch("wrong")
    patch.replace(example.product, with: patch.add(Mul(), [example.x, odd], name: "product"))
    #expect(throws: GraphError.self) { try example.graph.apply(patch) }
    expectSame(example.graph, before)
    try example.graph.verify()
  }

  @Test func aCycleIsRefused() throws {
    var example = try Example()
    let before = example.graph
    var patch = Patch("circle")
    // The sigmoid would read, by way of the product, what is computed from it.
    patch.replace(example.x, with: example.product)
    let error = #expect(throws: GraphError.self) { try example.graph.apply(patch) }
    #expect(error?.code == .cycle)
    expectSame(example.graph, before)
  }

  @Test func severalPatchesAtOnceAreAsOneAfterAnother() throws {
    var graph = Graph()
    var value = graph.addInput("x", Fact(.float32, [2]))
    for index in 0..<6 {
      let sigmoid = try graph.append(Sigmoid(), [value], name: "s\(index)")
      let product = try graph.append(Mul(), [value, sigmoid], name: "p\(index)")
      value = try graph.append(Relu(), [product], name: "r\(index)")
    }
    graph.setOutputs([value])
    let index = GraphIndex(graph)
    let patches = graph.nodes.compactMap { node -> Patch? in
      let pattern = Pattern.op(Mul.self, .any("x"), .op(Sigmoid.self, .any("x")))
      guard let match = try? pattern.match(node, in: index) else { return nil }
      var patch = Patch("silu")
      patch.replace(node, with: Silu(), [match["x"]])
      return patch
    }
    #expect(patches.count == 6)
    var together = graph
    try together.apply(patches)
    for patch in patches { try graph.apply(patch) }
    expectSame(together, graph)
    #expect(together.nodes.map(\.name).filter { $0.hasPrefix("r") }.count == 6)
    try together.verify()
  }

  @Test func aValueIsReplacedOnce() throws {
    var example = try Example()
    var one = Patch("one")
    one.replace(example.product, with: one.add(Silu(), [example.x]))
    var two = Patch("two")
    two.replace(example.product, with: two.add(Relu(), [example.x]))
    #expect(throws: GraphError.self) { try example.graph.apply([one, two]) }
  }

  @Test func outputsCanBeMoved() throws {
    var example = try Example()
    var patch = Patch("cut")
    patch.setOutputs([example.sigmoid])
    try example.graph.apply(patch)
    #expect(example.graph.nodes.map(\.name) == ["sigmoid"])
    #expect(example.graph.value(named: "c") == nil)
    try example.graph.verify()
  }

  @Test func factsAreRestatedDownstream() throws {
    var graph = Graph()
    let x = graph.addInput("x", Fact(.float32, [.symbol("n")]))
    let z = graph.addInput("z", Fact(.float32, [8]))
    let a = try graph.append(Relu(), [x], name: "a")
    let b = try graph.append(Sigmoid(), [a], name: "b")
    graph.setOutputs([b])
    var patch = Patch("test")
    patch.replace(a, with: patch.add(Relu(), [z]))
    try graph.apply(patch)
    #expect(graph[graph.outputs[0]].fact.fixedShape == [8])
    try graph.verify()
  }

  /// What a person sees of two graphs is the same: nodes, facts, names.
  private func expectSame(_ found: Graph, _ expected: Graph) {
    #expect(found.nodes.map(\.name) == expected.nodes.map(\.name))
    #expect(found.nodes.map(\.provenance) == expected.nodes.map(\.provenance))
    for (a, b) in zip(found.nodes, expected.nodes) {
      #expect(a.op.isEqual(to: b.op))
      #expect(
        a.inputs.map { $0.map { found[$0].name } } == b.inputs.map { $0.map { expected[$0].name } })
      #expect(found.outputFacts(of: a) == expected.outputFacts(of: b))
    }
    #expect(found.outputs.map { found[$0].name } == expected.outputs.map { expected[$0].name })
    #expect(found.allValues.map(\.name).sorted() == expected.allValues.map(\.name).sorted())
  }
}

@Suite struct PatternTests {
  static let silu = Pattern.op(
    Mul.self, .any("x"), .op(Sigmoid.self, .any("x"), name: "gate"))

  @Test func matchesInEitherOrder() throws {
    for swapped in [false, true] {
      var graph = Graph()
      let x = graph.addInput("x", Fact(.float32, [2]))
      let s = try graph.append(Sigmoid(), [x], name: "s")
      let p = try graph.append(Mul(), swapped ? [s, x] : [x, s], name: "p")
      graph.setOutputs([p])
      let index = GraphIndex(graph)
      let match = try Self.silu.match(graph.nodes[1], in: index)
      #expect(match["x"] == x)
      #expect(match.node("gate").name == "s")
      #expect(match.inner.map(\.name) == ["s"])
    }
  }

  @Test func aNameStandsForOneValue() throws {
    var graph = Graph()
    let x = graph.addInput("x", Fact(.float32, [2]))
    let z = graph.addInput("z", Fact(.float32, [2]))
    let s = try graph.append(Sigmoid(), [z], name: "s")
    _ = try graph.append(Mul(), [x, s], name: "p")
    let miss = #expect(throws: Miss.self) {
      try Self.silu.match(graph.nodes[1], in: GraphIndex(graph))
    }
    #expect(miss?.isNear == true)
    #expect(miss?.reason.contains("'x'") == true)
  }

  @Test func otherOperatorsInOrderDoNotMatchReversed() throws {
    var graph = Graph()
    let x = graph.addInput("x", Fact(.float32, [2]))
    let r = try graph.append(Relu(), [x], name: "r")
    _ = try graph.append(Sub(), [r, x], name: "d")
    let pattern = Pattern.op(Sub.self, .any("a"), .op(Relu.self, .any("a")))
    #expect(throws: Miss.self) { try pattern.match(graph.nodes[1], in: GraphIndex(graph)) }
  }

  @Test func anInnerOrderIsTriedAgainstTheRest() throws {
    // b * a + a: only with the product's operands exchanged is 'a' the same value in both places.
    let pattern = Pattern.op(Add.self, .op(Mul.self, .any("a"), .any("b")), .any("a"))
    for order in 0..<4 {
      var graph = Graph()
      let x = graph.addInput("x", Fact(.float32, [2]))
      let z = graph.addInput("z", Fact(.float32, [2]))
      let p = try graph.append(Mul(), order % 2 == 0 ? [x, z] : [z, x], name: "p")
      _ = try graph.append(Add(), order < 2 ? [p, z] : [z, p], name: "s")
      let match = try pattern.match(graph.nodes[1], in: GraphIndex(graph))
      #expect(match["a"] == z && match["b"] == x)
      #expect(match.inner.count == 1)
    }
  }

  @Test func aLeftOutInputKeepsItsPlace() throws {
    var graph = Graph()
    let x = graph.addInput("x", Fact(.float32, [2]))
    let top = graph.addConstant(Tensor(scalar: Float(1)))
    _ = try graph.append(Clip(), [x, nil, top], name: "c")
    let lower = Pattern.op(Clip.self, .any("x"), .constant("low"))
    #expect(throws: Miss.self) { try lower.match(graph.nodes[0], in: GraphIndex(graph)) }
  }

  @Test func missesSayWhy() throws {
    let example = try Example()
    let index = GraphIndex(example.graph)
    let sum = example.graph.nodes[2]
    let other = #expect(throws: Miss.self) { try Self.silu.match(sum, in: index) }
    #expect(other?.isNear == false)
    #expect(other?.reason == "'y' is Add, not Mul")
    let constant = Pattern.op(Mul.self, .any("a"), .constant("k"))
    let miss = #expect(throws: Miss.self) {
      try constant.match(example.graph.nodes[1], in: index)
    }
    #expect(miss?.isNear == true)
    #expect(miss?.reason.contains("is not a constant") == true)
  }

  @Test func theIndexKnowsMakersAndReaders() throws {
    let example = try Example()
    let index = GraphIndex(example.graph)
    #expect(index.consumers(of: example.x).map(\.name) == ["sigmoid", "product"])
    #expect(index.producer(of: example.x) == nil)
    #expect(index.hasSingleReader(example.sigmoid))
    #expect(!index.hasSingleReader(example.y))
    #expect(index.isOutput(example.y))
  }
}
