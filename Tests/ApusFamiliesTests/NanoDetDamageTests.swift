import ApusBoxes
import ApusCheckpoints
import ApusFamilies
import ApusGraph
import ApusTensor
import Testing

/// States that are no NanoDet's, or not a whole one's.
@Suite("Damaged NanoDet states")
struct NanoDetDamageTests {
  /// The state of a new network, under Lightning's names.
  static func tensors(_ name: String, classCount: Int = 5) throws -> [NamedTensor] {
    let architecture = try NanoDetNetworkTests.architecture(name, classCount: classCount)
    return try NetworkOutline(architecture).entries.map { entry in
      NamedTensor(
        name: "model.\(entry.name)", tensor: Tensor(zeros: Shape(entry.shape), dtype: entry.dtype))
    }
  }

  static func network(_ tensors: [NamedTensor]) throws -> DetectorNetwork {
    let state = WeightState(NanoDet.state(tensors))
    let architecture = try NanoDet.architecture(of: state)
    return try DetectorNetwork(
      NanoDet.self, architecture, weights: .state(state),
      classNames: ClassNames(count: architecture.classCount))
  }

  static func failure(_ tensors: [NamedTensor]) -> FamilyError? {
    do {
      _ = try network(tensors)
      return nil
    } catch {
      return error as? FamilyError
    }
  }

  @Test(arguments: NanoDetNetworkTests.sizes)
  func everyNetworkIsReadBack(_ size: NanoDetNetworkTests.Size) throws {
    let tensors = try Self.tensors(size.name)
    #expect(FamilyCatalogue.identify(tensors: tensors).family == .nanodet)
    let network = try Self.network(tensors)
    #expect(network.classNames.count == 5)
    #expect(
      network.layerClasses == (try NanoDetNetworkTests.architecture(size.name)).layerClasses)
    let found = try #require(network.variant)
    let variant = try #require(NanoDetNetworkTests.sizes.first { $0.name == found.name })
    #expect(variant.parameters == size.parameters)
  }

  /// Sizes of no published network.
  @Test func widthsOfOnesOwnAreRead() throws {
    let backbone = ShuffleNetV2(channels: [32, 48, 80])
    var head = NanoDetHead(.plus, levels: 4, classCount: 7, bins: 5, channels: 24, depth: 3)
    head.kernel = 7
    var neck = GhostPAN(backbone.outputChannels, channels: 24)
    neck.kernel = 3
    let own = NanoDetArchitecture(backbone: backbone, neck: neck, head: head)
    let state = WeightState(
      try NetworkOutline(own).entries.map {
        NamedTensor(name: $0.name, tensor: Tensor(zeros: Shape($0.shape), dtype: $0.dtype))
      })
    let read = try #require(try NanoDet.architecture(of: state) as? NanoDetArchitecture)
    #expect(read.head == head)
    #expect(read.neck.outputChannels == [24, 24, 24, 24])
    #expect(read.backbone.outputChannels == [32, 48, 80])
    #expect(try NetworkOutline(read).entries == NetworkOutline(own).entries)
  }

  /// Distances of their own convolutions are an output of their own.
  @Test func separateDistancesAreRead() throws {
    let backbone = ShuffleNetV2(channels: [32, 48, 80])
    var head = NanoDetHead(.nanodet, classCount: 4, channels: 16)
    head.isShared = false
    head.isDepthwise = false
    let own = NanoDetArchitecture(
      backbone: backbone, neck: PAN(backbone.outputChannels, channels: 16), head: head)
    let state = WeightState(
      try NetworkOutline(own).entries.map {
        NamedTensor(name: $0.name, tensor: Tensor(zeros: Shape($0.shape), dtype: $0.dtype))
      })
    let read = try NanoDet.architecture(of: state)
    #expect((read as? NanoDetArchitecture)?.head == head)
    let network = try DetectorNetwork(
      NanoDet.self, read, weights: .state(state), classNames: ClassNames(count: 4))
    let graph = try network.graph(input: .square(64))
    #expect(
      graph.outputs.map { graph[$0].name }
        == [8, 16, 32].flatMap { ["stride\($0).classes", "stride\($0).boxes"] })
    #expect(graph.card.heads.map(\.content).prefix(2) == [.classGrid, .distanceGrid])
    #expect(graph.outputs.map { graph[$0].fact.fixedShape?[1] }.prefix(2) == [4, 32])
  }

  @Test func aTruncatedStateIsListed() throws {
    let tensors = try Self.tensors("nanodet-plus-m_320").filter {
      !$0.name.hasPrefix("model.fpn.bottom_up_blocks.1")
        && $0.name != "model.backbone.stage3.2.branch2.3.weight"
    }
    let error = try #require(Self.failure(tensors))
    #expect(error.code == .weights)
    #expect(error.message.contains("missing: backbone.stage3.2.branch2.3.weight [116, 1, 3, 3]"))
    #expect(error.message.contains("missing: fpn.bottom_up_blocks.1.blocks.0.shortcut.0.weight"))
  }

  @Test func whatIsLeftOverIsListed() throws {
    let extra = NamedTensor(name: "model.head.extra.weight", tensor: Tensor(zeros: [2, 3]))
    let error = try #require(Self.failure(try Self.tensors("nanodet-m") + [extra]))
    #expect(error.message.contains("left over: head.extra.weight [2, 3]"))
    #expect(error.message.contains("(1 difference)"))
  }

  struct Missing: CustomTestStringConvertible {
    let prefix: String
    /// What the error must name.
    let names: [String]
    var testDescription: String { prefix }
  }

  @Test(arguments: [
    Missing(prefix: "model.backbone.", names: ["backbone", "ShuffleNetV2"]),
    Missing(prefix: "model.backbone.conv1.0.", names: ["backbone.conv1.0.weight", "missing"]),
    Missing(prefix: "model.backbone.stage4.", names: ["backbone.stage4.0.branch2.0.weight"]),
    Missing(prefix: "model.fpn.", names: ["fpn", "no neck"]),
    Missing(prefix: "model.fpn.lateral_convs.2.", names: ["fpn", "reads 2 maps", "gives 3"]),
    Missing(prefix: "model.head.gfl_cls.0.", names: ["head.gfl_cls.0.weight", "missing"]),
    Missing(prefix: "model.head.gfl_cls.2.", names: ["head", "reads 2 maps", "gives 3"]),
    Missing(prefix: "model.head.gfl_reg.", names: ["head.gfl_reg", "NanoDet-Plus"]),
  ])
  func missingPartsAreNamed(_ test: Missing) throws {
    let tensors = try Self.tensors("nanodet-m").filter { !$0.name.hasPrefix(test.prefix) }
    let error = try #require(Self.failure(tensors))
    for name in test.names { #expect("\(error)".contains(name)) }
  }

  @Test func impossibleSizesAreRefused() throws {
    func error(_ name: String, _ shape: Shape) throws -> String {
      let tensors = try Self.tensors("nanodet-m").map {
        $0.name == name ? NamedTensor(name: name, tensor: Tensor(zeros: shape)) : $0
      }
      return "\(try #require(Self.failure(tensors)))"
    }
    let empty = try error("model.backbone.conv1.0.weight", [0, 3, 3, 3])
    #expect(empty.contains("backbone.conv1.0.weight") && empty.contains("[0, 3, 3, 3]"))
    let flat = try error("model.head.gfl_cls.0.weight", [37, 96])
    #expect(flat.contains("expected 4 sizes"))
    let few = try error("model.head.gfl_cls.0.weight", [12, 96, 1, 1])
    #expect(few.contains("12 channels"))
    let other = try error("model.head.gfl_cls.1.weight", [38, 96, 1, 1])
    #expect(other.contains("head.gfl_cls.1.weight is [38, 96, 1, 1], expected [37, 96, 1, 1]"))
  }

  /// The average is taken where there is one; the trained tensors beside it are no rest.
  @Test func theAverageIsTaken() {
    func tensor(_ name: String) -> NamedTensor {
      NamedTensor(name: name, tensor: Tensor(zeros: [1]))
    }
    let both = ["model.a", "avg_model.a", "other"].map(tensor)
    #expect(NanoDet.state(both).map(\.name) == ["a", "other"])
    #expect(NanoDet.state([tensor("model.a"), tensor("b")]).map(\.name) == ["a", "b"])
  }
}
