import ApusCheckpoints
import ApusFamilies
import ApusGraph
import ApusOperators
import ApusPasses
import ApusTensor
import ApusTestSupport
import Testing

/// EfficientNet-Lite, RepVGG and the CSP network of NanoDet-g against upstream.
@Suite("NanoDet's other backbones")
struct NanoDetBackboneTests {
  struct Published: CustomTestStringConvertible {
    let list: String
    let stage: any FeatureStage
    let parameters: Int
    let channels: [Int]
    var testDescription: String { list }
  }

  static let published = [
    Published(
      list: "nanodet-EfficientNet-Lite0_320", stage: EfficientNetLite.lite0,
      parameters: 2_958_848, channels: [40, 112, 320]),
    Published(
      list: "nanodet-EfficientNet-Lite1_416", stage: EfficientNetLite.lite1,
      parameters: 3_723_520, channels: [40, 112, 320]),
    Published(
      list: "nanodet-EfficientNet-Lite2_512", stage: EfficientNetLite.lite2,
      parameters: 4_357_952, channels: [48, 120, 352]),
    Published(
      list: "nanodet-RepVGG-A0_416", stage: RepVGG.a0, parameters: 6_350_336,
      channels: [96, 192, 512]),
    Published(
      list: "nanodet-g", stage: CustomCSPNet.g, parameters: 3_182_432, channels: [128, 256, 512]),
  ]

  @Test(arguments: published)
  func parametersAndMapsEqualUpstream(_ test: Published) throws {
    let outline = try StageGraph(backbone: test.stage)
    #expect(outline.entries.parameterCount == test.parameters)
    #expect(test.stage.outputChannels == test.channels)
    let shapes = outline.graph.outputs.map { outline.graph[$0].fact.fixedShape?.dimensions }
    #expect(shapes == zip(test.channels, [40, 20, 10]).map { [1, $0, $1, $1] })
    #expect(test.stage.onlySide == nil)
  }

  @Test(.enabled(if: Shared.isPresent, "\(Shared.absence)"), arguments: published)
  func theStateEqualsUpstream(_ test: Published) throws {
    let list = try PublishedState("nanodet/\(test.list)")
    let expected = list.entries.filter { $0.name.hasPrefix("backbone.") }
    let entries = try StageGraph(backbone: test.stage).entries
    #expect(entries.map(PublishedState.Entry.init).sorted() == expected.sorted())
  }

  /// Every size is told by the tensors, and by those of no other backbone.
  @Test(arguments: published)
  func theStageIsReadBack(_ test: Published) throws {
    let entries = try StageGraph(backbone: test.stage).entries
    let state = WeightState(zeros: entries)
    let types: [any FeatureStage.Type] = [
      ShuffleNetV2.self, EfficientNetLite.self, RepVGG.self, CustomCSPNet.self,
    ]
    let found = try types.compactMap { try $0.init(state: state, path: "backbone") }
    #expect(found.count == 1)
    let read = try #require(found.first)
    #expect(type(of: read) == type(of: test.stage))
    #expect(try StageGraph(backbone: read).entries == entries)
    let (shapes, expected) = try (
      StageGraph(backbone: read).graph, StageGraph(backbone: test.stage).graph
    )
    #expect(
      shapes.outputs.map { shapes[$0].fact } == expected.outputs.map { expected[$0].fact })
  }

  struct Reduced: CustomTestStringConvertible {
    let name: String
    let parameters: Int
    let type: any FeatureStage.Type
    var testDescription: String { name }

    var state: WeightState { get throws { try WeightState(vectors: name) } }

    var vectors: SafetensorsFixture {
      get throws { try SafetensorsFixture("data/vectors/arch/nanodet/\(name).safetensors") }
    }

    /// The backbone for an input of the vectors.
    func graph(_ form: NetworkForm = .inference, of input: [Int]) throws -> StageGraph {
      let state = try state
      let stage = try #require(try type.init(state: state, path: "backbone"))
      return try StageGraph(
        stage, path: "backbone", form: form, weights: .state(state),
        inputs: [input.map(ApusGraph.Dimension.fixed)])
    }
  }

  static let reduced = [
    Reduced(
      name: "nd_efflite_small", parameters: 147_616, type: EfficientNetLite.self),
    Reduced(
      name: "nd_repvgg_small", parameters: 41_360, type: RepVGG.self),
  ]

  @Test(.enabled(if: Shared.isPresent, "\(Shared.absence)"), arguments: reduced)
  func mapsEqualUpstream(_ test: Reduced) throws {
    let vectors = try test.vectors
    let input = try vectors("input")
    var stage = try test.graph(of: input.shape)
    #expect(stage.entries.parameterCount == test.parameters)
    for simplified in [false, true] {
      if simplified { _ = try Pipeline.simplify.run(on: &stage.graph) }
      try stage.graph.verify()
      for (index, map) in try stage.run([input]).enumerated() {
        let expected = try vectors("eval.backbone\(index)")
        #expect(map.shape.dimensions == expected.shape)
        let difference = YOLOv5CheckpointTests.difference(map.floats, expected.floats, .maps)
        #expect(difference == nil, "map \(index), simplified: \(simplified)")
      }
    }
  }

  /// The network of upstream's `repvgg_model_convert`: 6,754,584 parameters less those of neck and head.
  @Test func deployedNetworksAreSmaller() throws {
    var stage = RepVGG.a0
    stage.isDeployed = true
    let entries = try StageGraph(backbone: stage).entries
    #expect(entries.parameterCount == 6_754_584 - 102_784 - 951_288)
    #expect(entries.allSatisfy { $0.name.contains(".rbr_reparam.") })
    let read = try #require(try RepVGG(state: WeightState(zeros: entries), path: "backbone"))
    #expect(read.isDeployed && read.stages == stage.stages)
  }

  /// Branches merge into one convolution for each block; upstream's merged weights are known for the first two.
  @Test(.enabled(if: Shared.isPresent, "\(Shared.absence)"))
  func branchesMergeAsUpstreams() throws {
    let test = try #require(Self.reduced.last)
    let vectors = try test.vectors
    let input = try vectors("input")
    var graph = try test.graph(of: input.shape).graph
    _ = try Pipeline.simplify.run(on: &graph)
    #expect(!graph.nodes.contains { $0.op is BatchNormalization || $0.op is Add })
    let blocks = ["0", "1.0", "2.0", "2.1", "3.0", "3.1", "4.0"]
    let convolutions = graph.nodes.filter { $0.op is Conv }
    #expect(convolutions.count == blocks.count)
    var merged: [NamedTensor] = []
    for (node, block) in zip(convolutions, blocks) {
      for (input, name) in zip(node.inputs.dropFirst(), ["weight", "bias"]) {
        let tensor = try #require(input.flatMap { graph[$0].constant })
        merged.append(
          NamedTensor(name: "backbone.stage\(block).rbr_reparam.\(name)", tensor: tensor))
      }
    }
    for tensor in merged.prefix(4) {
      let expected = try vectors("deploy.w.\(tensor.name)")
      #expect(tensor.tensor.shape.dimensions == expected.shape)
      let difference = YOLOv5CheckpointTests.difference(
        tensor.tensor.floats, expected.floats, .maps)
      #expect(difference == nil, "\(tensor.name)")
    }
    let state = WeightState(merged)
    let deployed = try #require(try RepVGG(state: state, path: "backbone"))
    let stage = try StageGraph(
      deployed, path: "backbone", weights: .state(state),
      inputs: [input.shape.map(Dimension.fixed)])
    try state.check(against: stage.entries)
    for (index, map) in try stage.run([input]).enumerated() {
      let expected = try vectors.floats("eval.backbone\(index)")
      #expect(
        YOLOv5CheckpointTests.difference(map.floats, expected, .maps) == nil, "map \(index)")
    }
  }

  /// Groups of channels, as RepVGG-B1g2 has them in every second block.
  @Test func groupsAreRead() throws {
    var stage = RepVGG(channels: [16, 24, 32, 64], counts: [1, 2, 3, 1])
    stage.stages[1][1].groups = 2
    stage.stages[2][1].groups = 4
    let entries = try StageGraph(backbone: stage).entries
    let read = try #require(try RepVGG(state: WeightState(zeros: entries), path: "backbone"))
    #expect(read.stages == stage.stages && !read.isDeployed)
  }

  @Test func theCSPNetworkEqualsPyTorch() throws {
    let golden = try SafetensorsFixture(nanodetGolden: "csp")
    let state = WeightState(golden)
    let stage = try #require(try CustomCSPNet(state: state, path: "backbone"))
    #expect(
      stage.stages.dropFirst(2) == [
        .block(2, count: 1, kernel: 3, stride: 1), .block(4, count: 2, kernel: 3, stride: 2),
        .block(8, count: 1, kernel: 3, stride: 2), .block(16, count: 1, kernel: 3, stride: 2),
      ])
    let input = try golden("input0")
    let graph = try StageGraph(
      stage, path: "backbone", weights: .state(state),
      inputs: [input.shape.map(Dimension.fixed)])
    try state.check(against: graph.entries)
    for (index, map) in try graph.run([input]).enumerated() {
      let expected = try golden("map\(index)")
      #expect(map.shape.dimensions == expected.shape)
      #expect(
        YOLOv5CheckpointTests.difference(map.floats, expected.floats, .parts) == nil, "\(index)")
    }
  }

  /// States that lack what sizes are read from, or that no such network has.
  @Test(arguments: [
    (0, "backbone.blocks.3.", "has 6 stages, expected 7"),
    (0, "backbone.blocks.3.0._depthwise_conv", "missing"),
    (3, "backbone.stage3.", "backbone.stage3.0.rbr_dense.0.weight: missing"),
    (3, "backbone.stage1.0.", "missing"),
    (4, "backbone.stages.2.", "has 3 stages before 3 blocks"),
    (4, "backbone.stages.4.in_conv.", "is no block"),
  ])
  func damagedStatesAreRefused(_ index: Int, _ missing: String, _ message: String) throws {
    let test = Self.published[index]
    let entries = try StageGraph(backbone: test.stage).entries.filter {
      !$0.name.hasPrefix(missing)
    }
    let state = WeightState(zeros: entries)
    let error = #expect(throws: FamilyError.self) {
      let stage = try #require(try type(of: test.stage).init(state: state, path: "backbone"))
      try state.check(against: try StageGraph(backbone: stage).entries)
    }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  /// Weights of new networks: fan-out for EfficientNet-Lite and the CSP network, PyTorch's own for RepVGG.
  @Test func newBackbonesStartAsUpstreams() throws {
    func numbers(_ stage: any FeatureStage, _ name: String) throws -> [Double] {
      let graph = try StageGraph(backbone: stage, weights: .fresh(seed: 4)).graph
      return try #require(graph.value(named: name)?.constant).doubles
    }
    func deviation(_ values: [Double]) -> Double {
      (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    }
    let expand = try numbers(
      EfficientNetLite.lite0, "backbone.blocks.5.1._expand_conv.weight")
    #expect(abs(deviation(expand) / (2 / 1152.0).squareRoot() - 1) < 0.01)
    let csp = try numbers(CustomCSPNet.g, "backbone.stages.5.res_out_conv.conv.weight")
    #expect(abs(deviation(csp) / (2 / Double(9 * 256)).squareRoot() - 1) < 0.01)
    let dense = try numbers(RepVGG.a0, "backbone.stage3.4.rbr_dense.0.weight").map(abs)
    let bound = 1 / Double(9 * 192).squareRoot()
    let largest = try #require(dense.max())
    #expect(largest <= bound * 1.000_001 && largest > 0.99 * bound)
  }
}

extension Tolerance {
  /// Maps of up to 40 against a run in binary64.
  static let parts = close(relative: 1e-5, absolute: 1e-5)
}
