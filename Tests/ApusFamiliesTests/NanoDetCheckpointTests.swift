import ApusBoxes
import ApusCheckpoints
import ApusFamilies
import ApusGraph
import ApusInterpreter
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

/// The reduced networks in official layouts, against upstream's outputs.
@Suite("NanoDet checkpoints", .enabled(if: Shared.isPresent, "\(Shared.absence)"))
struct NanoDetCheckpointTests {
  struct Case: CustomTestStringConvertible {
    let file: String
    let parameters: Int
    let classes: [String]
    var bins = 8
    var offset = 0.5
    /// Normalisations whose running statistics after one step in training are known, and their share.
    let normalisations: [(name: String, share: Double)]
    var folder: String { "data/vectors/arch/nanodet/" }
    var vectors: String { folder + file.prefix { $0 != "." } + ".safetensors" }
    var testDescription: String { file }
  }

  static let plusNormalisations = [
    ("backbone.conv1.1", 0.1), ("aux_fpn.extra_lvl_out_conv.0.pwnorm", 0.1),
  ]

  static let cases = [
    Case(
      file: "nd_m05.ckpt", parameters: 169_257, classes: ["ShuffleNetV2", "PAN", "NanoDetHead"],
      normalisations: [("backbone.conv1.1", 0.1), ("head.cls_convs.2.1.pwnorm", 0.1)]),
    Case(
      file: "nd_plus.ckpt", parameters: 231_219,
      classes: ["ShuffleNetV2", "GhostPAN", "NanoDetPlusHead", "GhostPAN", "SimpleConvHead"],
      offset: 0, normalisations: plusNormalisations),
    Case(
      file: "nd_plus.model_best.pth", parameters: 231_219,
      classes: ["ShuffleNetV2", "GhostPAN", "NanoDetPlusHead", "GhostPAN", "SimpleConvHead"],
      offset: 0, normalisations: plusNormalisations),
    Case(
      file: "nd_efflite_small.ckpt", parameters: 167_081,
      classes: ["EfficientNetLite", "PAN", "NanoDetHead"],
      normalisations: [("backbone.stem.1", 0.01), ("head.cls_convs.2.1.pwnorm", 0.1)]),
    Case(
      file: "nd_repvgg_small.ckpt", parameters: 109_729,
      classes: ["RepVGG", "PAN", "NanoDetHead"], bins: 11,
      normalisations: [
        ("backbone.stage0.rbr_dense.1", 0.1), ("head.cls_convs.2.1.bn", 0.1),
      ]),
  ]

  static func network(_ test: Case) throws -> DetectorNetwork {
    try DetectorCheckpoint(try YOLOv5CheckpointTests.open(test.folder + test.file)).network
  }

  @Test(arguments: cases)
  func theNetworkIsReadFromTheTensors(_ test: Case) throws {
    let checkpoint = try DetectorCheckpoint(try YOLOv5CheckpointTests.open(test.folder + test.file))
    #expect(checkpoint.source == .state)
    let network = checkpoint.network
    #expect(network.family == .nanodet && network.variantName == "custom")
    #expect(network.parameterCount == test.parameters)
    #expect(network.classNames.names == ["class0", "class1", "class2"])
    #expect(network.layerClasses == test.classes)
  }

  @Test(arguments: cases)
  func mapsAndHeadsEqualUpstream(_ test: Case) throws {
    let network = try Self.network(test)
    let architecture = try #require(network.architecture as? NanoDetArchitecture)
    let vectors = try SafetensorsFixture(test.vectors)
    let input = try vectors("input")
    var builder = NetworkBuilder(
      graph: Graph(), form: .inference, weights: network.weights)
    let picture = builder.addInput("images", input.shape.map(Dimension.fixed))
    let features = try architecture.backbone.build(in: &builder, from: [picture], path: "backbone")
    let maps = try architecture.neck.build(in: &builder, from: features, path: "fpn")
    var names: [String] = []
    for (part, values) in [("backbone", features), ("fpn", maps)] {
      for (index, value) in values.enumerated() {
        names.append("eval.\(part)\(index)")
        _ = builder.addOutput(value, name: names[names.count - 1])
      }
    }
    for output in try architecture.head.build(in: &builder, from: maps, path: "head") {
      _ = builder.addOutput(output.value, name: "head\(output.level)")
    }
    let found = try run(builder.graph, Tensor(input.floats, shape: Shape(input.shape)))
    for (name, tensor) in zip(names, found) {
      let expected = try vectors(name)
      #expect(tensor.shape.dimensions == expected.shape)
      #expect(
        YOLOv5CheckpointTests.difference(tensor.floats, expected.floats, .maps) == nil, "\(name)")
    }
    let rows = Self.rows(Array(found.dropFirst(names.count)))
    let expected = try vectors.floats("eval.head")
    #expect(YOLOv5CheckpointTests.difference(rows, expected, .heads) == nil)
    let twin = DistributionTwin(
      classCount: network.classNames.count, bins: test.bins, offset: test.offset,
      strides: network.strides, width: input.shape[3], height: input.shape[2])
    let (boxes, scores) = twin.decode(rows)
    #expect(
      YOLOv5CheckpointTests.difference(
        boxes, try vectors.floats("eval.decoded_xyxy"), .decoded) == nil)
    #expect(
      YOLOv5CheckpointTests.difference(scores, try vectors.floats("eval.scores"), .heads) == nil)
  }

  /// The form for a size known only when the graph runs gives the same numbers.
  @Test(arguments: cases)
  func graphsOfUnknownSizeGiveTheSame(_ test: Case) throws {
    let network = try Self.network(test)
    guard network.architecture.outlineSide == 4096 else { return }
    let vectors = try SafetensorsFixture(test.vectors)
    let input = try vectors("input")
    let graph = try network.graph(input: .symbolic)
    let found = try run(graph, Tensor(input.floats, shape: Shape(input.shape)))
    #expect(
      YOLOv5CheckpointTests.difference(
        Self.rows(found), try vectors.floats("eval.head"), .heads) == nil)
  }

  @Test(arguments: cases)
  func trainingEqualsUpstream(_ test: Case) throws {
    let network = try Self.network(test)
    let vectors = try SafetensorsFixture(test.vectors)
    let input = try vectors("input_train")
    let graph = try network.graph(
      .training,
      input: NetworkInput(
        batch: .fixed(input.shape[0]), height: .fixed(input.shape[2]),
        width: .fixed(input.shape[3])))
    try graph.verify()
    let values = try Interpreter(graph).runAll([
      "images": Tensor(input.floats, shape: Shape(input.shape))
    ])
    let outputs = try graph.outputs.map { try #require(values[graph[$0].name]) }
    let levels = network.strides.count
    let head = Self.rows(Array(outputs.prefix(levels)))
    #expect(
      YOLOv5CheckpointTests.difference(head, try vectors.floats("train.head"), .trained) == nil)
    if outputs.count > levels {
      let auxiliary = Self.rows(Array(outputs.dropFirst(levels)))
      #expect(
        YOLOv5CheckpointTests.difference(
          auxiliary, try vectors.floats("train.aux_head"), .trained) == nil)
    }
    for (name, share) in test.normalisations {
      let mean = try #require(values["\(name).next_mean"]).floats
      let found = try vectors.floats("train.bn.\(name).running_mean")
      #expect(YOLOv5CheckpointTests.difference(mean, found, .trained) == nil, "\(name)")
      let variance = try Self.unbiased(
        try #require(values["\(name).next_variance"]).floats,
        before: try #require(graph.value(named: "\(name).running_var")?.constant).floats,
        share: share, of: try #require(values[name]).shape)
      #expect(
        YOLOv5CheckpointTests.difference(
          variance, try vectors.floats("train.bn.\(name).running_var"), .trained) == nil,
        "\(name)")
    }
  }

  /// ONNX takes the variance of the numbers as they are, PyTorch that of their population: n / (n - 1) of it.
  static func unbiased(
    _ next: [Float], before: [Float], share: Double, of shape: Shape
  ) throws -> [Float] {
    let count = Double(shape[0] * shape[2] * shape[3])
    return zip(next, before).map { next, before in
      let kept = (1 - share) * Double(before)
      return Float(kept + (Double(next) - kept) * count / (count - 1))
    }
  }

  /// Grids `[N, C, H, W]` of all levels as `[N, cells, C]`.
  static func rows(_ grids: [Tensor]) -> [Float] {
    let numbers = grids.map(\.floats)
    return (0..<grids[0].shape[0]).flatMap { image in
      zip(grids, numbers).flatMap { grid, numbers in
        let (channels, cells) = (grid.shape[1], grid.shape[2] * grid.shape[3])
        return (0..<cells).flatMap { cell in
          (0..<channels).map { numbers[(image * channels + $0) * cells + cell] }
        }
      }
    }
  }
}

extension Tolerance {
  /// Maps between backbone and head.
  static let maps = close(relative: 1e-5, absolute: 3e-6)
  /// Outputs of up to 10 and statistics in training, where rounding grows: numbers are divided by the deviation
  /// of as few as four others.
  static let trained = close(relative: 1e-5, absolute: 1e-4)
}
