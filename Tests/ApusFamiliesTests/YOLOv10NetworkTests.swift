import ApusBoxes
import ApusFamilies
import ApusGraph
import ApusOperators
import ApusPasses
import ApusTensor
import ApusTestSupport
import Testing

/// The published networks, written down as tables.
@Suite("YOLOv10 networks")
struct YOLOv10NetworkTests {
  /// What upstream's models count, to the unit; `detectors.md` 4.3.
  struct Size: CustomTestStringConvertible {
    let name: String
    /// Parameters with both branches, normalisation unfused.
    let parameters: Int
    /// The same without the branch of training.
    let keptParameters: Int
    /// Parameters without that branch, normalisation fused and parallel convolutions merged.
    let deployedParameters: Int
    /// 2 · multiply-accumulates of convolutions for 640 x 640 pixels, in thousands of millions: both branches.
    let trainingOperations: Double
    /// The same of the deployed form.
    let deployedOperations: Double
    /// The same with the matrix products of the attention.
    let operationsWithAttention: Double
    var testDescription: String { name }
  }

  static let sizes = [
    Size(
      name: "yolov10n", parameters: 2_775_520, keptParameters: 2_310_624,
      deployedParameters: 2_299_264, trainingOperations: 8.568, deployedOperations: 6.696,
      operationsWithAttention: 6.757),
    Size(
      name: "yolov10s", parameters: 8_128_272, keptParameters: 7_277_920,
      deployedParameters: 7_248_960, trainingOperations: 24.787, deployedOperations: 21.580,
      operationsWithAttention: 21.703),
    Size(
      name: "yolov10m", parameters: 16_576_768, keptParameters: 15_389_968,
      deployedParameters: 15_359_488, trainingOperations: 63.916, deployedOperations: 59.098,
      operationsWithAttention: 59.236),
    Size(
      name: "yolov10b", parameters: 20_574_384, keptParameters: 19_101_696,
      deployedParameters: 19_065_792, trainingOperations: 98.605, deployedOperations: 91.954,
      operationsWithAttention: 92.077),
    Size(
      name: "yolov10l", parameters: 25_888_688, keptParameters: 24_416_000,
      deployedParameters: 24_371_008, trainingOperations: 126.990, deployedOperations: 120.339,
      operationsWithAttention: 120.462),
    Size(
      name: "yolov10x", parameters: 31_808_960, keptParameters: 29_539_408,
      deployedParameters: 29_473_568, trainingOperations: 170.618, deployedOperations: 160.382,
      operationsWithAttention: 160.536),
  ]

  static func architecture(
    _ name: String, classCount: Int = 80, deployed: Bool = false
  ) throws -> any Architecture {
    let variant = try #require(YOLOv10.variants.first { $0.name == name })
    return try YOLOv10.architecture(of: variant, classCount: classCount, deployed: deployed)
  }

  @Test func everyPublishedSizeIsTested() {
    #expect(Self.sizes.map(\.name) == YOLOv10.variants.map(\.name))
  }

  @Test(arguments: sizes)
  func parametersEqualUpstream(_ size: Size) throws {
    let architecture = try Self.architecture(size.name)
    let outline = try NetworkOutline(architecture)
    #expect(outline.entries.parameterCount == size.parameters)
    #expect(outline.strides == [8, 16, 32])
    #expect(YOLOv10.variant(of: architecture, outline: outline)?.name == size.name)
    let kept = try NetworkOutline(architecture, form: .inference)
    #expect(kept.entries.parameterCount == size.keptParameters)
  }

  @Test(arguments: sizes)
  func theDeployedFormHasTheKeptBranchAlone(_ size: Size) throws {
    let architecture = try Self.architecture(size.name, deployed: true)
    let outline = try NetworkOutline(architecture)
    #expect(outline.entries.parameterCount == size.keptParameters)
    #expect(
      outline.entries
        == (try NetworkOutline(try Self.architecture(size.name), form: .inference).entries))
    #expect(YOLOv10.variant(of: architecture, outline: outline)?.name == size.name)
  }

  @Test(.enabled(if: Shared.isPresent, "\(Shared.absence)"), arguments: sizes)
  func theStateEqualsUpstream(_ size: Size) throws {
    let published = try PublishedState("yolov10/\(size.name)")
    #expect(published.parameters == size.parameters)
    let outline = try NetworkOutline(try Self.architecture(size.name))
    #expect(published.differences(from: outline.entries) == [])
  }

  /// The numbers 0 to 15 that upstream keeps as weights are constants of the decoder here.
  static let steps = 16

  @Test(arguments: sizes)
  func theFusedNetworkEqualsUpstream(_ size: Size) throws {
    var graph = try FamilyCatalogue.create(size.name, classNames: .coco80).graph()
    _ = try Pipeline.simplify.run(on: &graph)
    #expect(!graph.nodes.contains { $0.op is BatchNormalization })
    let weights = Set(graph.nodes.filter { $0.op is Conv }.flatMap { $0.inputs.dropFirst() })
    let count = weights.reduce(0) { total, id in
      total + (id.flatMap { graph[$0].constant?.count } ?? 0)
    }
    #expect(count + Self.steps == size.deployedParameters)
    #expect(Self.operations(graph, branches: 1, of: Conv.self) == size.deployedOperations)
    let all = Self.operations(graph, branches: 1, of: Conv.self, MatMul.self)
    #expect(all == size.operationsWithAttention)
  }

  @Test(arguments: sizes)
  func theOperationsOfTrainingEqualUpstream(_ size: Size) throws {
    var network = NetworkBuilder(graph: Graph(), form: .training, weights: .outline)
    let picture = network.addInput("images", [1, 3, 640, 640])
    _ = try Self.architecture(size.name).build(in: &network, from: picture)
    #expect(Self.operations(network.graph, branches: 2, of: Conv.self) == size.trainingOperations)
  }

  /// 2 · multiply-accumulates of some operators, in thousands of millions, to three places.
  ///
  /// Upstream also has a convolution over the steps in each branch: 4 edges of 8400 cells.
  static func operations(
    _ graph: Graph, branches: Int, of kinds: any ApusGraph.Operator.Type...
  ) -> Double {
    let count = graph.nodes.filter { node in kinds.contains { $0.kind == node.op.kind } }
      .reduce(branches * 4 * 8400 * steps) { total, node in
        total
          + node.op.multiplyAccumulates(
            inputs: graph.inputFacts(of: node), outputs: graph.outputFacts(of: node))
      }
    return (Double(2 * count) / 1e6).rounded() / 1e3
  }

  @Test func aNewNetworkStartsAsUpstream() throws {
    let network = try FamilyCatalogue.create("yolov10n", classNames: .coco80, seed: 5)
    #expect(network.family == .yolov10 && network.variantName == "yolov10n")
    #expect(network.defaultInputSide == 640)
    #expect(network.anchors == nil)
    let graph = try network.graph(.training)
    func numbers(_ name: String) throws -> [Float] {
      let id = try #require(graph.allValues.first { $0.name == name }, "\(name)")
      return try #require(id.constant).floats
    }
    // log(5 / 80 / (640 / 16)²), for the level of stride 16.
    for branch in ["cv", "one2one_cv"] {
      #expect(try numbers("model.23.\(branch)2.1.2.bias") == [Float](repeating: 1, count: 64))
      let classes = try numbers("model.23.\(branch)3.1.2.bias")
      #expect(classes.count == 80 && classes.allSatisfy { abs($0 + 10.150348) < 1e-5 })
    }
    for part in ["2.0.0.conv.weight", "3.2.1.1.conv.weight", "3.0.2.weight"] {
      #expect(
        try numbers("model.23.one2one_cv\(part)") == (try numbers("model.23.cv\(part)")), "\(part)")
    }
    let stem = try numbers("model.0.conv.weight")
    #expect(stem.allSatisfy { abs($0) <= (1 / Float(27)).squareRoot() })
    #expect(Set(stem).count > 400)
  }

  @Test func theCardSaysHowOutputsAreRead() throws {
    let network = try FamilyCatalogue.create("yolov10n", classNames: .coco80)
    let graph = try network.graph(.training, input: .square(64, batch: 2))
    try graph.verify()
    let card = graph.card
    #expect(card.suppression == .topK && card.confidenceThreshold == 0.25)
    #expect(card.preprocess == PreprocessSpec())
    #expect(card.heads.count == 12)
    #expect(card.heads.map(\.output) == graph.outputs.map { graph[$0].name })
    #expect(card.heads[2].output == "stride16.boxes" && card.heads[3].output == "stride16.classes")
    #expect(card.heads[10].output == "one2many.stride32.boxes")
    #expect(card.heads[2].content == .distanceGrid && card.heads[3].content == .classGrid)
    #expect(card.heads[2].bins == 16 && card.heads[2].cellOffset == 0.5)
    #expect(graph[graph.outputs[2]].fact.fixedShape == [2, 64, 4, 4])
    #expect(graph[graph.outputs[11]].fact.fixedShape == [2, 80, 2, 2])
    #expect(try network.graph().outputs.count == 6)
  }

  @Test func aDynamicGraphKnowsTheSizesOfItsOutputs() throws {
    let network = try FamilyCatalogue.create("yolov10s", classNames: ClassNames(count: 2))
    let graph = try network.graph(input: .symbolic)
    try graph.verify()
    let sized = try graph.withSizes(["batch": 2, "height": 96, "width": 160])
    let shapes = sized.outputs.map { sized[$0].fact.fixedShape }
    #expect(
      shapes == [
        [2, 64, 12, 20], [2, 2, 12, 20], [2, 64, 6, 10], [2, 2, 6, 10], [2, 64, 3, 5],
        [2, 2, 3, 5],
      ])
  }
}
