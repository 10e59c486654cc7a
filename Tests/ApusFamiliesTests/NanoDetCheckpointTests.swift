import ApusBoxes
import ApusCheckpoints
import ApusFamilies
import ApusGraph
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
    var folder: String { "data/vectors/arch/nanodet/" }
    var vectors: String { folder + file.prefix { $0 != "." } + ".safetensors" }
    var testDescription: String { file }
  }

  static let cases = [
    Case(
      file: "nd_m05.ckpt", parameters: 169_257, classes: ["ShuffleNetV2", "PAN", "NanoDetHead"]),
    Case(
      file: "nd_plus.ckpt", parameters: 231_219,
      classes: ["ShuffleNetV2", "GhostPAN", "NanoDetPlusHead", "GhostPAN", "SimpleConvHead"],
      offset: 0),
    Case(
      file: "nd_plus.model_best.pth", parameters: 231_219,
      classes: ["ShuffleNetV2", "GhostPAN", "NanoDetPlusHead", "GhostPAN", "SimpleConvHead"],
      offset: 0),
    Case(
      file: "nd_efflite_small.ckpt", parameters: 167_081,
      classes: ["EfficientNetLite", "PAN", "NanoDetHead"]),
    Case(
      file: "nd_repvgg_small.ckpt", parameters: 109_729,
      classes: ["RepVGG", "PAN", "NanoDetHead"], bins: 11),
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
    guard network.onlyInputSide == nil else { return }
    let vectors = try SafetensorsFixture(test.vectors)
    let input = try vectors("input")
    let graph = try network.graph(input: .symbolic)
    let found = try run(graph, Tensor(input.floats, shape: Shape(input.shape)))
    #expect(
      YOLOv5CheckpointTests.difference(
        Self.rows(found), try vectors.floats("eval.head"), .heads) == nil)
  }

  @Test(arguments: cases)
  func fusedEqualsUpstream(_ test: Case) throws {
    let vectors = try SafetensorsFixture(test.vectors)
    let run = try NetworkRun(
      try Self.network(test), .inference, on: try vectors("input"), fused: true)
    let rows = Self.rows(try run.heads())
    for name in ["eval.head", "deploy.head"] where vectors.entries[name] != nil {
      let expected = try vectors.floats(name)
      #expect(YOLOv5CheckpointTests.difference(rows, expected, .fusedHeads) == nil, "\(name)")
    }
  }

  @Test(arguments: cases)
  func trainingEqualsUpstream(_ test: Case) throws {
    let network = try Self.network(test)
    let vectors = try SafetensorsFixture(test.vectors)
    let picture = try vectors("input_train")
    let run = try NetworkRun(network, .training, on: picture)
    for (branch, name) in [("", "train.head"), ("aux", "train.aux_head")]
    where vectors.entries[name] != nil {
      let rows = Self.rows(try run.heads(branch: branch))
      let expected = try vectors.floats(name)
      #expect(YOLOv5CheckpointTests.difference(rows, expected, .training) == nil, "\(name)")
    }
    let modules = vectors.entries.keys.filter { $0.hasSuffix(".running_var") }
    #expect(modules.count == 2)
    for entry in modules.sorted() {
      let module = String(entry.dropFirst("train.bn.".count).dropLast(".running_var".count))
      let (mean, variance) = try NetworkRun.statistics(network, of: module, on: picture)
      let expectedMean = try vectors.floats("train.bn.\(module).running_mean")
      #expect(YOLOv5CheckpointTests.difference(mean, expectedMean, .training) == nil)
      #expect(
        YOLOv5CheckpointTests.difference(variance, try vectors.floats(entry), .training) == nil)
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
  /// Heads whose weights were rounded once more when normalisations and branches were folded into them.
  static let fusedHeads = close(relative: 1e-5, absolute: 1e-5)
}
