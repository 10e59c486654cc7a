import ApusGraph
import ApusONNX
import ApusOperators
import ApusPasses
import ApusTensor
import ApusTestSupport
import Testing

@Suite struct PipelineTests {
  @Test(arguments: Fixture.names, [Pipeline.simplify, .compile].map(\.name))
  func fixturesStayEqual(_ fixture: String, _ name: String) throws {
    let before = try Fixture.read(fixture)
    var pipeline = name == "simplify" ? Pipeline.simplify : .compile
    pipeline.verifiesEachPass = true
    var after = before
    let report = try pipeline.run(on: &after)
    #expect(report.nodeCounts.after < report.nodeCounts.before)
    let differences = try Equality().differences(after, before, evaluate: interpret)
    #expect(Equality().accepts(differences), "\(differences)")
    #expect(try pipeline.run(on: &after).patchCount == 0)
    #expect(after.outputs.map { after[$0].name } == before.outputs.map { before[$0].name })
  }

  @Test(arguments: Pipeline.compile.passes.map(\.name))
  func everyPassAloneKeepsEveryFixtureEqual(_ name: String) throws {
    let pass = try #require(Pipeline.compile.passes.first { $0.name == name })
    var pipeline = Pipeline(name, [pass])
    pipeline.verifiesEachPass = true
    for fixture in Fixture.names {
      let before = try Fixture.read(fixture)
      var after = before
      if try pipeline.run(on: &after).patchCount == 0 { continue }
      var equality = Equality()
      equality.runs = 1
      let differences = try equality.differences(after, before, evaluate: interpret)
      #expect(equality.accepts(differences), "\(fixture): \(differences)")
      #expect(try pipeline.run(on: &after).patchCount == 0)
    }
  }

  @Test func nothingButNetworkRemainsOfTheFixtures() throws {
    for (fixture, gone) in [
      ("v60", ["Constant", "Expand", "Where", "ConstantOfShape", "Equal"]),
      ("focus", ["BatchNormalization", "Unsqueeze", "Shape", "Gather"]),
      ("dfl", ["Shape", "Gather", "Div"]),
    ] {
      var graph = try Fixture.read(fixture)
      _ = try Pipeline.simplify.run(on: &graph)
      for kind in gone where graph.kinds.contains(kind) && !(fixture == "dfl" && kind == "Div") {
        Issue.record("\(fixture) still has \(kind)")
      }
    }
  }

  @Test func quantisedWeightsAreFoldedWhereAsked() throws {
    var net = Net()
    let x = net.input([4])
    let weights = net.graph.addConstant(Tensor([1, 2, -3, 4] as [Int8]))
    let real = try net.add(DequantizeLinear(), weights, net.scalar(0.5))
    let before = net.finish(try net.add(Mul(), x, real))
    var kept = before
    _ = try Pipeline.simplify.run(on: &kept)
    #expect(kept.kinds == ["DequantizeLinear", "Mul"])
    var options = PipelineOptions()
    options.foldsDequantization = true
    var folded = before
    _ = try Pipeline.simplify(options).run(on: &folded)
    #expect(folded.kinds == ["Mul"])
  }

  @Test func focusBecomesOneConvolution() throws {
    var graph = try Fixture.read("focus")
    _ = try Pipeline.simplify.run(on: &graph)
    let first = try #require(graph.nodes.first { $0.op is Conv })
    let weights = try #require(first.inputs[1].flatMap { graph[$0].constant })
    #expect(weights.shape == [4, 3, 6, 6])
    #expect((first.op as? Conv)?.convolution.window.pads == [2, 2, 2, 2])
    #expect(first.inputs[0] == graph.inputs[0])
    #expect(first.provenance.passes.contains("fold-focus"))
    #expect(first.provenance.sources.count > 8)
  }

  @Test func branchesBecomeOneConvolutionEach() throws {
    var trained = try Fixture.read("branches")
    #expect(trained.kinds.count { $0 == "Conv" } == 18)
    #expect(trained.kinds.count { $0 == "BatchNormalization" } == 16)
    _ = try Pipeline.simplify.run(on: &trained)
    var plain = try Fixture.read("raw")
    _ = try Pipeline.simplify.run(on: &plain)
    #expect(trained.kinds.sorted() == plain.kinds.sorted())
  }

  @Test(.enabled(if: Shared.isPresent, Comment(rawValue: Shared.absence)))
  func officialModelsShrinkAsWithOnnxsim() throws {
    // Nodes that onnxsim 0.8.1 leaves, its Constant nodes not counted.
    for (path, nodes) in [("yolov5/yolov5n", 238), ("yolov10/yolov10n", 316)] {
      var graph = try ONNXReader.read(contentsOf: Shared.file("models/\(path).onnx"))
      let report = try Pipeline.simplify.run(on: &graph)
      #expect(report.nodeCounts.after <= nodes, "\(path)")
      #expect(try Pipeline.simplify.run(on: &graph).patchCount == 0)
    }
  }

  @Test func aLongGraphTakesSeconds() throws {
    var net = Net()
    var x = net.input([1, 4, 8, 8])
    let weights = net.weights([4, 4, 1, 1])
    for _ in 0..<400 {
      let y = try net.add(Conv(), x, weights)
      let z = try net.add(Mul(), y, net.weights([1, 4, 1, 1]))
      let identity = try net.add(Identity(), try net.add(Identity(), z))
      x = try net.add(Mul(), identity, try net.add(Sigmoid(), identity))
    }
    var graph = net.finish(x)
    #expect(graph.nodes.count == 2400)
    let clock = ContinuousClock()
    var after = 0
    let time = try clock.measure { after = try Pipeline.compile.run(on: &graph).nodeCounts.after }
    #expect(after == 800)
    #expect(time < .seconds(10))
  }

  @Test func theReportIsATable() throws {
    var graph = try Fixture.read("raw")
    var pipeline = Pipeline.compile
    pipeline.explains = true
    let report = try pipeline.run(on: &graph)
    let text = report.description
    #expect(text.contains("operator"))
    #expect(text.contains("recognize-silu: 11"))
    #expect(report.operators.first { $0.kind.name == "Constant" }?.after == 0)
    #expect(report.operators.map(\.before).reduce(0, +) == report.nodeCounts.before)
  }

  @Test func anErrorLeavesTheGraph() throws {
    struct Broken: Pass {
      static let name = "broken"
      func patch(at node: Node, in index: GraphIndex) throws(Miss) -> Patch {
        guard node.op is Relu else { throw Miss("no Relu") }
        var patch = Patch(Self.name)
        patch.replace(node.outputs[0], with: patch.constant(Tensor([Float(1)])))
        return patch
      }
    }
    var net = Net()
    let x = net.input([3])
    var graph = net.finish(try net.add(Sigmoid(), try net.add(Relu(), x)))
    #expect(throws: GraphError.self) { try Pipeline("p", [Broken()]).run(on: &graph) }
    #expect(graph.kinds == ["Relu", "Sigmoid"])
  }
}
