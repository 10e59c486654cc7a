import ApusBoxes
import ApusCheckpoints
import ApusFamilies
import ApusGraph
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

/// The published networks, written down as tables.
@Suite("YOLOv7 networks")
struct YOLOv7NetworkTests {
  struct Size: CustomTestStringConvertible, Sendable {
    let name: String
    /// Parameters of upstream's training form and of its deployed form, normalisation unfused.
    let parameters: (training: Int, deployed: Int)
    let strides: [Int]
    /// Whether upstream has a table for training.
    var isTrained = true
    var testDescription: String { name }

    func parameters(deployed: Bool) -> Int { deployed ? parameters.deployed : parameters.training }
  }

  static let p5 = [8, 16, 32]
  static let p6 = [8, 16, 32, 64]

  static let sizes = [
    Size(name: "yolov7-tiny", parameters: (6_228_762, 6_227_101), strides: p5),
    Size(
      name: "yolov7-tiny-silu", parameters: (6_228_762, 6_227_101), strides: p5, isTrained: false),
    Size(name: "yolov7", parameters: (37_622_682, 37_620_125), strides: p5),
    Size(name: "yolov7x", parameters: (71_347_394, 71_344_389), strides: p5),
    Size(name: "yolov7-w6", parameters: (82_312_436, 70_426_236), strides: p6),
    Size(name: "yolov7-e6", parameters: (111_898_292, 97_246_652), strides: p6),
    Size(name: "yolov7-d6", parameters: (154_709_364, 133_810_044), strides: p6),
    Size(name: "yolov7-e6e", parameters: (166_408_884, 151_757_244), strides: p6),
  ]

  static func architecture(
    _ name: String, deployed: Bool, classCount: Int = 80
  ) throws -> LayeredArchitecture {
    let variant = try #require(YOLOv7.variants.first { $0.name == name })
    let architecture = try YOLOv7.architecture(
      of: variant, classCount: classCount, deployed: deployed)
    return try #require(architecture as? LayeredArchitecture)
  }

  static func outline(_ name: String, deployed: Bool) throws -> NetworkOutline {
    try NetworkOutline(try architecture(name, deployed: deployed))
  }

  @Test func everyPublishedSizeIsTested() {
    #expect(Self.sizes.map(\.name) == YOLOv7.variants.map(\.name))
    #expect(FamilyCatalogue.families.contains(.yolov7))
  }

  @Test(arguments: sizes, [false, true])
  func parametersEqualUpstream(_ size: Size, deployed: Bool) throws {
    let architecture = try Self.architecture(size.name, deployed: deployed)
    let outline = try NetworkOutline(architecture)
    #expect(outline.entries.parameterCount == size.parameters(deployed: deployed))
    #expect(outline.strides == size.strides)
    #expect(YOLOv7.variant(of: architecture, outline: outline)?.name == size.name)
    let variant = try #require(YOLOv7.variants.first { $0.name == size.name })
    #expect(variant.side == (size.strides.count == 4 ? 1280 : 640))
  }

  @Test(
    .enabled(if: Shared.isPresent, "\(Shared.absence)"), arguments: sizes, [false, true])
  func stateAndLayersEqualUpstream(_ size: Size, deployed: Bool) throws {
    guard size.isTrained || deployed else { return }
    let name = "yolov7/\(size.name)_\(deployed ? "deploy" : "training")"
    let published = try PublishedState(name)
    let architecture = try Self.architecture(size.name, deployed: deployed)
    let outline = try NetworkOutline(architecture)
    #expect(published.parameters == size.parameters(deployed: deployed))
    #expect(published.differences(from: outline.entries) == [])
    let layers = try PublishedLayers(name)
    #expect(architecture.layerClasses == layers.classNames)
    #expect(
      architecture.body.layers.map(\.sources) + [architecture.head.sources] == layers.sources)
    #expect(architecture.statedStrides == layers.strides)
    let anchors = AnchorSet(grid: architecture.gridAnchors, strides: outline.strides)
    #expect(anchors.pixels.map { $0.flatMap(\.self) } == layers.anchors)
  }

  /// What only training uses is neither built nor read for inference.
  @Test(arguments: sizes)
  func inferenceLeavesTheAuxiliaryPartsOut(_ size: Size) throws {
    let training = try Self.architecture(size.name, deployed: false)
    let inference = try NetworkOutline(training, form: .inference)
    let deployed = try Self.outline(size.name, deployed: true)
    let implicit = inference.entries.filter { $0.name.hasSuffix(".implicit") }
    let rest = inference.entries.count - implicit.count
    #expect(implicit.count == 2 * size.strides.count)
    #expect(rest == deployed.entries.count)
    #expect(
      inference.entries.parameterCount - implicit.parameterCount
        == size.parameters(deployed: true))
    #expect(inference.strides == size.strides)
  }

  /// A plain state tells the network and its form; the activation it does not tell.
  @Test(arguments: sizes, [false, true])
  func plainStatesAreRecognised(_ size: Size, deployed: Bool) throws {
    let outline = try Self.outline(size.name, deployed: deployed)
    let tensors = outline.entries.map {
      NamedTensor(
        name: $0.name,
        tensor: Tensor(
          zeros: Shape($0.shape), dtype: $0.dtype == .float32 ? .float16 : $0.dtype))
    }
    #expect(FamilyCatalogue.identify(tensors: tensors).family == .yolov7)
    let state = WeightState(tensors)
    #expect(YOLOv7.classCount(in: state) == 80)
    let found = try #require(try YOLOv7.architecture(of: state) as? LayeredArchitecture)
    let head = deployed ? "Detect" : size.strides.count == 4 ? "IAuxDetect" : "IDetect"
    #expect(found.layerClasses.last == head)
    let name = size.name == "yolov7-tiny-silu" ? "yolov7-tiny" : size.name
    #expect(YOLOv7.variant(of: found, outline: try NetworkOutline(found))?.name == name)
  }

  /// The network that is read from tensors alone computes what the one they are of does.
  @Test(arguments: [false, true])
  func tensorsAloneAreEnough(deployed: Bool) throws {
    let network = try NetworkMeasures.network(
      "yolov7-tiny", .fresh(seed: 5), deployed: deployed)
    let names = Set(network.entries.map(\.name))
    let tensors = try network.graph(.training, input: .square(64)).constants.compactMap { value in
      names.contains(value.name)
        ? value.constant.map { NamedTensor(name: value.name, tensor: $0) } : nil
    }
    let found = try DetectorCheckpoint(tensors: tensors).network
    #expect(found.variantName == "yolov7-tiny" && found.classNames == .coco80)
    #expect(found.layerClasses == network.layerClasses)
    let picture = Tensor((0..<(3 * 64 * 64)).map { Float($0 % 251) / 251 }, shape: [1, 3, 64, 64])
    let expected = try run(try network.graph(input: .square(64)), picture)
    let heads = try run(try found.graph(input: .square(64)), picture)
    #expect(heads.count == 3 && heads.map(\.floats) == expected.map(\.floats))
  }

  /// YOLOv5 has no implicit knowledge either; its plain states are not taken for a deployed YOLOv7.
  @Test(arguments: YOLOv5NetworkTests.sizes)
  func plainStatesOfYOLOv5AreNotTaken(_ size: YOLOv5NetworkTests.Size) throws {
    let tensors = try YOLOv5NetworkTests.outline(size.name).entries.map {
      NamedTensor(name: $0.name, tensor: Tensor(zeros: []))
    }
    #expect(FamilyCatalogue.identify(tensors: tensors).family == .yolov5)
  }

  /// A state that lacks a tensor is not taken for anything, and the error names it.
  @Test func anIncompleteStateIsRefused() throws {
    let entries = try Self.outline("yolov7-tiny", deployed: true).entries
    let state = WeightState(
      entries.filter { $0.name != "model.5.conv.weight" }.map {
        NamedTensor(
          name: $0.name, tensor: Tensor(zeros: Shape($0.shape), dtype: $0.dtype))
      })
    #expect {
      try YOLOv7.architecture(of: state)
    } throws: { error in
      "\(error)".contains("missing: model.5.conv.weight [32, 32, 3, 3]")
        && "\(error)".contains("yolov7-tiny, the closest")
    }
  }

  @Test func activationTellsTheTinySizes() throws {
    for name in ["yolov7-tiny", "yolov7-tiny-silu"] {
      let network = try FamilyCatalogue.create(name, classNames: .coco80)
      #expect(network.variantName == name)
      let kinds = Set(try network.graph(input: .square(64)).nodes.map(\.op.kind.name))
      #expect(kinds.contains("LeakyRelu") == (name == "yolov7-tiny"))
      #expect(kinds.contains("Silu") == (name == "yolov7-tiny-silu"))
    }
  }
}

/// Upstream's list of a network's layers: `data/vectors/arch/shapes`.
struct PublishedLayers {
  let classNames: [String]
  /// The layers that each layer reads, by index; -1 is the picture.
  let sources: [[Int]]
  let strides: [Int]
  /// Width and height in pixels, `[level][2 · anchor]`.
  let anchors: [[Float]]

  private struct File: Decodable {
    struct Layer: Decodable {
      let type: String
      let sources: [Int]

      private enum CodingKeys: String, CodingKey { case type, f, i }

      init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        type = try values.decode(String.self, forKey: .type)
        let index = try values.decode(Int.self, forKey: .i)
        let list = (try? values.decode(Int.self, forKey: .f)).map { [$0] }
        let found = try list ?? values.decode([Int].self, forKey: .f)
        sources = found.map { $0 < 0 ? index + $0 : $0 }
      }
    }
    let layers: [Layer]
    let strides: [Float]
    let anchors: [[Float]]

    private enum CodingKeys: String, CodingKey {
      case layers, strides
      case anchors = "anchors_px"
    }
  }

  init(_ name: String) throws {
    let url = Shared.file("data/vectors/arch/shapes/\(name).json")
    let file = try JSONDecoder().decode(File.self, from: Data(contentsOf: url))
    classNames = file.layers.map { String($0.type.split(separator: ".").last ?? "") }
    sources = file.layers.map(\.sources)
    strides = file.strides.map { Int($0) }
    anchors = file.anchors
  }
}
