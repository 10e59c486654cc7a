import ApusBoxes
import ApusFamilies
import ApusGraph
import ApusTensor
import ApusTestSupport
import Testing

@Suite("YOLOv7 checkpoints", .enabled(if: Shared.isPresent, "\(Shared.absence)"))
struct YOLOv7CheckpointTests {
  @Test(arguments: YOLOv7Vectors.all)
  func theCheckpointIsDescribed(_ vectors: YOLOv7Vectors) throws {
    let network = try vectors.network()
    #expect(network.family == .yolov7)
    #expect(network.variantName == "custom")
    #expect(network.parameterCount == vectors.parameters)
    #expect(network.strides == vectors.strides)
    #expect(network.classNames.count == vectors.classCount)
    #expect(network.anchors?.areCOCODefaults == true)
    let cells = network.anchors?.grid.flatMap { $0.flatMap(\.self) }
    #expect(try cells == vectors.fixture().floats("anchors_grid_units"))
    let card = try network.graph(input: .square(128)).card
    #expect(card.family == "YOLOv7" && card.suppression == .classwise)
    #expect(card.confidenceThreshold == 0.25 && card.iouThreshold == 0.45)
    #expect(card.heads.map(\.output) == vectors.strides.map { "stride\($0)" })
    #expect(card.heads.map(\.stride) == vectors.strides.map(Optional.init))
    #expect(card.heads.allSatisfy { $0.content == .anchorGrid })
  }

  @Test(arguments: YOLOv7Vectors.all)
  func inferenceEqualsUpstream(_ vectors: YOLOv7Vectors) throws {
    let fixture = try vectors.fixture()
    let input = try fixture.tensor("input")
    let graph = try vectors.network().graph(input: .fitting(input))
    try graph.verify()
    let heads = try run(graph, input)
    try vectors.expectHeads(heads, equal: "eval.head", of: fixture)
    let decoder = try AnchorDecode(card: graph.card)
    #expect(
      YOLOv5CheckpointTests.difference(
        try decoder.rows(heads: heads), try fixture.floats("eval.decoded"), .decoded) == nil)
    let found = try decoder.detections(heads: heads, options: NMS.Options()).flatMap {
      [$0.box.x1, $0.box.y1, $0.box.x2, $0.box.y2, $0.score, Float($0.classID)]
    }
    // Nothing is found in one of them: its empty tensor is in the file all the same.
    #expect(
      YOLOv5CheckpointTests.difference(found, try fixture.floats("eval.nms0"), .decoded) == nil)
  }

  /// The published tables, made narrow, are the networks of the checkpoints.
  @Test(arguments: YOLOv7Vectors.all)
  func theTableIsTheNetwork(_ vectors: YOLOv7Vectors) throws {
    let network = try vectors.network()
    let table = YOLOv7Network(
      classCount: vectors.classCount, isDeployed: vectors.isDeployed, scale: vectors.scale)
    let architecture = try #require(table.network(named: vectors.variant))
    #expect(architecture.layerClasses == network.layerClasses)
    #expect(architecture.gridAnchors == network.architecture.gridAnchors)
    let same = try DetectorNetwork(
      YOLOv7.self, architecture, weights: network.weights, classNames: network.classNames)
    let fixture = try vectors.fixture()
    let input = try fixture.tensor("input")
    let heads = try run(try same.graph(input: .fitting(input)), input)
    try vectors.expectHeads(heads, equal: "eval.head", of: fixture)
  }

  /// Layers on the way, those that only auxiliary heads read among them.
  @Test(arguments: YOLOv7Vectors.all)
  func layersEqualUpstream(_ vectors: YOLOv7Vectors) throws {
    let network = try vectors.network()
    let architecture = try #require(network.architecture as? LayeredArchitecture)
    let fixture = try vectors.fixture()
    let input = try fixture.tensor("input")
    var builder = NetworkBuilder(graph: Graph(), form: .inference, weights: network.weights)
    let picture = builder.addInput("images", input.shape.dimensions.map(Dimension.fixed))
    let values = try architecture.body.build(in: &builder, from: picture)
    let prefix = "eval.layer"
    let names = fixture.entries.keys.filter { $0.hasPrefix(prefix) }.sorted()
    #expect(names.count >= 2)
    for name in names {
      let index = try #require(Int(name.dropFirst(prefix.count)))
      _ = builder.addOutput(try #require(values[index]), name: name)
    }
    let found = try run(builder.graph, input)
    for (name, layer) in zip(names, found) {
      #expect(layer.shape.dimensions == (try fixture(name).shape))
      #expect(
        YOLOv5CheckpointTests.difference(layer.floats, try fixture.floats(name), .heads) == nil,
        "\(name)")
    }
  }

  /// Normalisation by the batch, and the auxiliary heads behind the leads.
  ///
  /// Raw outputs are as close as single precision lets them be; `trainingEqualsDoublePrecision` is the exact test.
  @Test(arguments: YOLOv7Vectors.all)
  func trainingEqualsUpstream(_ vectors: YOLOv7Vectors) throws {
    let network = try vectors.network()
    let fixture = try vectors.fixture()
    let picture = try fixture("input_train")
    let run = try NetworkRun(network, .training, on: picture)
    let tolerance = Tolerance.close(relative: 1e-4, absolute: vectors.rounding)
    try vectors.expectHeads(try run.heads(), equal: "train.head", of: fixture, tolerance)
    let auxiliary = try run.heads(branch: "aux")
    #expect(auxiliary.isEmpty == (fixture.entries["train.aux0"] == nil))
    if !auxiliary.isEmpty {
      try vectors.expectHeads(auxiliary, equal: "train.aux", of: fixture, tolerance)
    }
    let ending = ".running_var"
    let variances = fixture.entries.keys.filter { $0.hasSuffix(ending) }
    #expect(variances.count == 2)
    for entry in variances.sorted() {
      let module = String(entry.dropFirst("train.bn.".count).dropLast(ending.count))
      let (mean, variance) = try NetworkRun.statistics(network, of: module, on: picture)
      let expectedMean = try fixture.floats("train.bn.\(module).running_mean")
      #expect(YOLOv5CheckpointTests.difference(mean, expectedMean, .heads) == nil, "\(module)")
      #expect(
        YOLOv5CheckpointTests.difference(variance, try fixture.floats(entry), .heads) == nil,
        "\(module)")
    }
  }

  /// For validation the auxiliary heads are built, and normalisation is by the running statistics.
  @Test(arguments: YOLOv7Vectors.all)
  func validationHasAllHeads(_ vectors: YOLOv7Vectors) throws {
    let fixture = try vectors.fixture()
    let run = try NetworkRun(try vectors.network(), .validation, on: try fixture("input"))
    try vectors.expectHeads(try run.heads(), equal: "eval.head", of: fixture)
    #expect(try run.heads(branch: "aux").count == (vectors.strides.count == 4 ? 4 : 0))
  }

  /// Against PyTorch in double precision, `Tools/goldens/yolov7.py`, where rounding adds up to nothing.
  @Test(arguments: YOLOv7Vectors.all)
  func trainingEqualsDoublePrecision(_ vectors: YOLOv7Vectors) throws {
    let network = try vectors.network()
    let input = try vectors.fixture().tensor("input_train")
    let graph = try inDoublePrecision(
      try network.graph(.training, input: .fitting(input)), weights: network.entries.map(\.name))
    let outputs = try run(graph, input.converted(to: .float64))
    let expected = try vectors.golden()
    let levels = vectors.strides.count
    // The finest level is not kept.
    #expect(expected.entries.count == outputs.count - outputs.count / levels)
    for (index, output) in outputs.enumerated() where index % levels > 0 {
      let name = "train.\(index < levels ? "head" : "aux")\(index % levels)"
      #expect(
        YOLOv5CheckpointTests.difference(
          YOLOv7Vectors.cells(output, width: 5 + vectors.classCount),
          try expected.floats(name), .heads) == nil, "\(name)")
    }
  }
}
