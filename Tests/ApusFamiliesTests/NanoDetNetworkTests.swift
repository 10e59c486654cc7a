import ApusBoxes
import ApusCheckpoints
import ApusFamilies
import ApusGraph
import ApusOperators
import ApusPasses
import ApusTensor
import ApusTestSupport
import Testing

/// The published networks, and what upstream's models of them count.
@Suite("NanoDet networks")
struct NanoDetNetworkTests {
  struct Size: CustomTestStringConvertible {
    let name: String
    let side: Int
    /// Parameters of upstream's models in training.
    let parameters: Int
    /// The same without the auxiliary module.
    let deployed: Int
    /// The same with normalisations folded into convolutions.
    let folded: Int
    /// Multiply-accumulates of the convolutions, in units of 1e5.
    let work: Int
    var levels = 3
    /// Layers that upstream keeps but never uses; no graph has them.
    var unused = 0
    var testDescription: String { name }
  }

  static let sizes = [
    Size(
      name: "nanodet-m-0.5x", side: 320, parameters: 280_368, deployed: 280_368, folded: 276_264,
      work: 1387, unused: 9312),
    Size(
      name: "nanodet-m", side: 320, parameters: 959_348, deployed: 959_348, folded: 951_130,
      work: 3422, unused: 9312),
    Size(
      name: "nanodet-m-416", side: 416, parameters: 959_348, deployed: 959_348, folded: 951_130,
      work: 5784, unused: 9312),
    Size(
      name: "nanodet-m-1.5x", side: 320, parameters: 2_077_776, deployed: 2_077_776,
      folded: 2_065_544, work: 6962, unused: 12_384),
    Size(
      name: "nanodet-m-1.5x-416", side: 416, parameters: 2_077_776, deployed: 2_077_776,
      folded: 2_065_544, work: 11767, unused: 12_384),
    Size(
      name: "nanodet-t", side: 320, parameters: 1_360_404, deployed: 1_360_404,
      folded: 1_351_418, work: 4111, unused: 12_384 + 16_512),
    Size(
      name: "nanodet-EfficientNet-Lite0_320", side: 320, parameters: 3_109_136,
      deployed: 3_109_136, folded: 3_088_256, work: 8210, unused: 9312),
    Size(
      name: "nanodet-EfficientNet-Lite1_416", side: 416, parameters: 4_011_768,
      deployed: 4_011_768, folded: 3_983_912, work: 19329, unused: 17_028),
    Size(
      name: "nanodet-EfficientNet-Lite2_512", side: 512, parameters: 4_706_488,
      deployed: 4_706_488, folded: 4_675_648, work: 34048, unused: 17_028),
    Size(
      name: "nanodet-g", side: 416, parameters: 3_805_656, deployed: 3_805_656,
      folded: 3_803_096, work: 20901, unused: 17_028),
    // Upstream's 6,754,584 has its branches merged but the normalisations of the head left, of 768 channels.
    Size(
      name: "nanodet-RepVGG-A0_416", side: 416, parameters: 7_404_408, deployed: 7_404_408,
      folded: 6_754_584 - 768, work: 61271, unused: 17_028),
    Size(
      name: "nanodet-plus-m_320", side: 320, parameters: 4_330_904, deployed: 1_197_924,
      folded: 1_186_346, work: 4507, levels: 4),
    Size(
      name: "nanodet-plus-m_416", side: 416, parameters: 4_330_904, deployed: 1_197_924,
      folded: 1_186_346, work: 7621, levels: 4),
    Size(
      name: "nanodet-plus-m-1.5x_320", side: 320, parameters: 7_962_196, deployed: 2_477_792,
      folded: 2_461_080, work: 8792, levels: 4),
    Size(
      name: "nanodet-plus-m-1.5x_416", side: 416, parameters: 7_962_196, deployed: 2_477_792,
      folded: 2_461_080, work: 14865, levels: 4),
  ]

  static func architecture(
    _ name: String, classCount: Int = 80, deployed: Bool = false
  ) throws -> NanoDetArchitecture {
    let variant = try #require(NanoDet.variants.first { $0.name == name })
    let found = try NanoDet.architecture(of: variant, classCount: classCount, deployed: deployed)
    return try #require(found as? NanoDetArchitecture)
  }

  @Test func everyPublishedSizeIsTested() {
    #expect(Self.sizes.map(\.name) == NanoDet.variants.map(\.name))
    #expect(Self.sizes.map(\.side) == NanoDet.variants.map(\.side))
  }

  @Test(arguments: sizes)
  func parametersEqualUpstream(_ size: Size) throws {
    let architecture = try Self.architecture(size.name)
    let training = try NetworkOutline(architecture)
    #expect(training.entries.parameterCount == size.parameters)
    #expect(training.strides == Array([8, 16, 32, 64].prefix(size.levels)))
    let inference = try NetworkOutline(architecture, form: .inference)
    #expect(inference.entries.parameterCount == size.deployed)
    let deployed = try NetworkOutline(try Self.architecture(size.name, deployed: true))
    guard architecture.backbone is RepVGG else {
      #expect(deployed.entries == inference.entries)
      return
    }
    #expect(deployed.entries.parameterCount == 6_754_584)
  }

  /// A state in which upstream has merged the branches of RepVGG.
  @Test func theDeployedFormIsTold() throws {
    let deployed = try Self.architecture("nanodet-RepVGG-A0_416", deployed: true)
    let outline = try NetworkOutline(deployed)
    let read = try NanoDet.architecture(of: WeightState(zeros: outline.entries))
    #expect(try NetworkOutline(read).entries == outline.entries)
    let variant = NanoDet.variant(of: read, outline: outline)
    #expect(variant?.name == "nanodet-RepVGG-A0_416")
  }

  /// Of two input sizes with one set of tensors, the smaller is found.
  @Test(arguments: sizes)
  func thePublishedSizeIsToldFromTheTensors(_ size: Size) throws {
    let architecture = try Self.architecture(size.name)
    let outline = try NetworkOutline(architecture)
    let variant = try #require(NanoDet.variant(of: architecture, outline: outline))
    let found = try #require(Self.sizes.first { $0.name == variant.name })
    #expect(found.parameters == size.parameters && found.side <= size.side)
  }

  @Test(arguments: sizes)
  func foldedWeightsAndWorkEqualUpstream(_ size: Size) throws {
    let outline = try NetworkMeasures.network(size.name, .outline)
    let work = NetworkMeasures.convolutionMACs(try outline.graph(input: .square(size.side)))
    #expect((work + 50_000) / 100_000 == size.work)
    // All numbers alike, and none 0 as in new networks: adding 0 would be folded away.
    let state = WeightState(
      outline.entries.map { entry in
        let numbers = [Float](repeating: 0.01, count: entry.count)
        return NamedTensor(name: entry.name, tensor: Tensor(numbers, shape: Shape(entry.shape)))
      })
    let network = try NetworkMeasures.network(size.name, .state(state))
    var graph = try network.graph(input: .square(size.side))
    try graph.verify()
    _ = try Pipeline.simplify.run(on: &graph)
    #expect(!graph.nodes.contains { $0.op is BatchNormalization })
    #expect(Self.weightCount(graph) + size.unused == size.folded)
  }

  /// The numbers that nodes read as weights: all constants of floats with an axis but the scales of a Resize.
  static func weightCount(_ graph: Graph) -> Int {
    graph.nodes.filter { !($0.op is Resize) }.flatMap { $0.inputs.compactMap(\.self) }
      .reduce(0) { total, id in
        guard let tensor = graph[id].constant, tensor.dtype.isFloatingPoint,
          tensor.shape.rank > 0
        else { return total }
        return total + tensor.count
      }
  }

  @Test(.enabled(if: Shared.isPresent, "\(Shared.absence)"), arguments: sizes)
  func theStateEqualsUpstream(_ size: Size) throws {
    let published = try PublishedState("nanodet/\(size.name)")
    #expect(published.parameters == size.parameters)
    let outline = try NetworkOutline(try Self.architecture(size.name))
    #expect(published.differences(from: outline.entries) == [])
  }

  /// Configurations that differ from the others in their data alone.
  @Test(
    .enabled(if: Shared.isPresent, "\(Shared.absence)"),
    arguments: ["nanodet-plus-m_416-yolo", "nanodet_custom_xml_dataset"])
  func examplesOfConfigurationsAreNanoDetPlus(_ name: String) throws {
    let published = try PublishedState("nanodet/\(name)")
    let outline = try NetworkOutline(try Self.architecture("nanodet-plus-m_416"))
    #expect(published.differences(from: outline.entries) == [])
  }

  @Test(arguments: sizes)
  func graphsOfUnknownSizeAreValid(_ size: Size) throws {
    let architecture = try Self.architecture(size.name)
    if architecture.neck.onlySide != nil { return }
    let network = try DetectorNetwork(
      NanoDet.self, architecture, weights: .outline, classNames: .coco80)
    for form in NetworkForm.allCases {
      let graph = try network.graph(form, input: .symbolic)
      try graph.verify()
      let outputs = graph.outputs.map { graph[$0].fact.shape ?? [] }
      #expect(outputs.allSatisfy { $0.count == 4 && $0[0] == .symbol("batch") })
    }
  }

  @Test func cardsTellTheTwoGenerationsApart() throws {
    func card(_ name: String) throws -> ModelCard {
      try DetectorNetwork(
        NanoDet.self, try Self.architecture(name), weights: .outline, classNames: .coco80
      ).graph().card
    }
    let old = try card("nanodet-m")
    #expect(old.family == "NanoDet" && old.variant == "nanodet-m")
    #expect(old.inputSize == [320, 320] && old.strides == [8, 16, 32])
    #expect(old.heads.map(\.output) == ["stride8", "stride16", "stride32"])
    #expect(old.heads.allSatisfy { $0.content == .classDistanceGrid && $0.bins == 8 })
    #expect(old.heads.allSatisfy { $0.cellOffset == 0.5 })
    #expect(old.preprocess.channelOrder == .bgr && old.preprocess.interpolation == .warp)
    #expect(old.preprocess.mean == [103.53, 116.28, 123.675])
    #expect(old.preprocess.standardDeviation == [57.375, 57.12, 58.395])
    #expect(old.preprocess.padColor == [0, 0, 0] && old.preprocess.fit == .letterboxCentred)
    #expect(old.suppression == .nanodet)
    #expect(old.confidenceThreshold == 0.4 && old.iouThreshold == 0.5)
    let new = try card("nanodet-plus-m_320")
    #expect(new.heads.map(\.stride) == [8, 16, 32, 64])
    #expect(new.heads.allSatisfy { $0.cellOffset == 0 })
    #expect(new.preprocess.fit == .stretch)
  }

  /// The fourth level of NanoDet-Plus rounds up, so that 416 is a size; attention is for one size alone.
  @Test func sizesThatNetworksTakeAreStated() throws {
    let plus = try NetworkMeasures.network("nanodet-plus-m_416", .outline)
    #expect(plus.sideMultiple == 32 && plus.onlyInputSide == nil)
    let grids = try plus.graph(input: .square(416))
    #expect(grids.outputs.map { grids[$0].fact.fixedShape?[2] } == [52, 26, 13, 7])
    let attention = try NetworkMeasures.network("nanodet-t", .outline)
    #expect(attention.onlyInputSide == 320 && attention.defaultInputSide == 320)
    for input in [NetworkInput.square(416), .symbolic] {
      let message = #expect(throws: FamilyError.self) { try attention.graph(input: input) }?.message
      #expect(message?.contains("320x320 pixels alone") == true)
    }
  }

  @Test func theTrainingFormHasTheAuxiliaryBranch() throws {
    let network = try DetectorNetwork(
      NanoDet.self, try Self.architecture("nanodet-plus-m_320"), weights: .outline,
      classNames: .coco80)
    let graph = try network.graph(.training, input: .square(320, batch: 2))
    let names = ["stride8", "stride16", "stride32", "stride64"]
    #expect(graph.outputs.map { graph[$0].name } == names + names.map { "aux.\($0)" })
    let shapes = graph.outputs.map { graph[$0].fact.fixedShape }
    let grids: [Shape] = [40, 20, 10, 5].map { [2, 112, $0, $0] }
    #expect(shapes == grids + grids)
  }

  /// Upstream's rules: heads by a normal distribution of 0.01, classes at a probability of 0.01, ShuffleNet by
  /// the number of channels, lateral convolutions evenly.
  @Test func newNetworksStartAsUpstreams() throws {
    let network = try FamilyCatalogue.create("nanodet-m", classNames: .coco80, seed: 3)
    let graph = try network.graph()
    func numbers(_ name: String) throws -> [Float] {
      try #require(graph.value(named: name)?.constant).floats
    }
    func deviation(_ name: String) throws -> Double {
      let values = try numbers(name).map(Double.init)
      let mean = values.reduce(0, +) / Double(values.count)
      return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
        .squareRoot()
    }
    #expect(try numbers("head.gfl_cls.1.bias").allSatisfy { $0 == -4.595 })
    let head = try deviation("head.cls_convs.0.1.pointwise.weight")
    #expect(abs(head - 0.01) < 0.0005)
    let unit = try deviation("backbone.stage4.1.branch2.0.weight")
    #expect(abs(unit * 232 - 1) < 0.02)
    let stem = try deviation("backbone.conv1.0.weight")
    #expect(abs(stem * 3 - 1) < 0.1)
    #expect(try numbers("backbone.stage2.0.branch1.1.bias").allSatisfy { $0 == 0.0001 })
    let bound = (6 / Float(96 + 464)).squareRoot()
    let lateral = try numbers("fpn.lateral_convs.2.conv.weight").map { abs($0) }
    #expect(try #require(lateral.max()) <= bound && lateral.max()! > 0.99 * bound)
  }
}
