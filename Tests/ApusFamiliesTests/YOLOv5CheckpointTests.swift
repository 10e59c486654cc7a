import ApusBoxes
import ApusCheckpoints
import ApusFamilies
import ApusGraph
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

@Suite("YOLOv5 checkpoints", .enabled(if: Shared.isPresent, "\(Shared.absence)"))
struct YOLOv5CheckpointTests {
  static func open(_ path: String) throws -> TorchCheckpoint {
    try TorchCheckpoint(path: Shared.file(path).path)
  }

  @Test func theOfficialCheckpointIsDescribed() throws {
    let checkpoint = try DetectorCheckpoint(try Self.open("models/yolov5/yolov5n.pt"))
    let model = checkpoint.network
    #expect(model.variantName == "yolov5n")
    #expect(model.parameterCount == 1_872_157)
    #expect(model.classNames == .coco80)
    #expect(model.strides == [8, 16, 32])
    #expect(model.anchors?.pixels == AnchorSet.cocoP5)
    #expect(model.anchors?.grid[0] == [[1.25, 1.625], [2, 3.75], [4.125, 2.875]])
    #expect(model.anchors?.areCOCODefaults == true)
    #expect(checkpoint.epoch == nil)
    #expect(checkpoint.date == "2022-02-08T18:24:20.515893")
    #expect(checkpoint.source == .model)
    #expect(!model.entries.contains { $0.name.hasSuffix(".anchor_grid") })
    #expect(model.defaultInputSide == 640)
    #expect(model.layerClasses.count == 25)
  }

  @Test func theOfficialGraphHasItsHeadsAndCard() throws {
    let checkpoint = try DetectorCheckpoint(try Self.open("models/yolov5/yolov5n.pt"))
    let model = checkpoint.network
    let graph = try model.graph(sourceHash: "abc")
    try graph.verify()
    let shapes = graph.outputs.map { graph[$0].fact.fixedShape }
    #expect(shapes == [[1, 255, 80, 80], [1, 255, 40, 40], [1, 255, 20, 20]])
    #expect(graph.outputs.map { graph[$0].name } == ["stride8", "stride16", "stride32"])
    #expect(graph.card.family == "YOLOv5" && graph.card.variant == "yolov5n")
    #expect(graph.card.inputSize == [640, 640] && graph.card.sourceHash == "abc")
    #expect(graph.card.heads.map(\.stride) == [8, 16, 32])
    #expect(try AnchorDecode(card: graph.card) == AnchorDecodeTests.decoder)
    let dynamic = try model.graph(input: .symbolic)
    try dynamic.verify()
    #expect(dynamic[dynamic.outputs[0]].fact.shape?.first == .symbol("batch"))
  }

  struct Case: CustomTestStringConvertible {
    let name: String
    let parameters: Int
    let strides: [Int]
    let isDefault: Bool
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "y5n_p5", parameters: 115_416, strides: [8, 16, 32], isDefault: true),
    Case(name: "y5n6_p6", parameters: 200_304, strides: [8, 16, 32, 64], isDefault: true),
    Case(name: "y5_p2", parameters: 118_688, strides: [4, 8, 16, 32], isDefault: false),
    Case(name: "y5_panet_focus", parameters: 119_312, strides: [8, 16, 32], isDefault: true),
    Case(name: "y5_spp_v3", parameters: 155_072, strides: [8, 16, 32], isDefault: true),
    Case(name: "y5_ghost", parameters: 68_359, strides: [8, 16, 32], isDefault: true),
  ]

  @Test(arguments: cases)
  func headsEqualUpstream(_ test: Case) throws {
    let folder = "data/vectors/arch/yolov5/\(test.name)"
    let checkpoint = try DetectorCheckpoint(try Self.open(folder + ".stripped.pt"))
    let model = checkpoint.network
    #expect(model.parameterCount == test.parameters)
    #expect(model.strides == test.strides)
    #expect(model.variantName == "custom")
    #expect(model.classNames.names == ["class0", "class1", "class2"])
    #expect(model.anchors?.areCOCODefaults == test.isDefault)

    let vectors = try SafetensorsFixture(folder + ".safetensors")
    #expect(
      model.anchors?.grid.flatMap { $0.flatMap(\.self) }
        == (try vectors.floats("anchors_grid_units")))
    let input = try vectors("input")
    let graph = try model.graph(
      input: NetworkInput(height: .fixed(input.shape[2]), width: .fixed(input.shape[3])))
    try graph.verify()
    let heads = try run(graph, Tensor(input.floats, shape: Shape(input.shape)))
    for (level, head) in heads.enumerated() {
      let expected = try vectors("eval.head\(level)")
      let found = Self.anchorsLast(head, width: 8)
      #expect(Self.difference(found, expected.floats, .heads) == nil, "level \(level)")
    }
    let decoder = try AnchorDecode(card: graph.card)
    #expect(
      Self.difference(
        try decoder.rows(heads: heads), try vectors.floats("eval.decoded"), .decoded) == nil)
    let columns = try decoder.detections(heads: heads, options: NMS.Options()).flatMap {
      [$0.box.x1, $0.box.y1, $0.box.x2, $0.box.y2, $0.score, Float($0.classID)]
    }
    #expect(Self.difference(columns, try vectors.floats("eval.nms0"), .decoded) == nil)
  }

  @Test func theAverageIsTakenBeforeTheModel() throws {
    let folder = "data/vectors/arch/yolov5/y5n_p5"
    let checkpoint = try DetectorCheckpoint(try Self.open(folder + ".last.pt"))
    let model = checkpoint.network
    #expect(checkpoint.source == .ema)
    let vectors = try SafetensorsFixture(folder + ".safetensors")
    let graph = try model.graph(input: NetworkInput(height: 64, width: 96))
    let heads = try run(graph, Tensor(try vectors.floats("input"), shape: [1, 3, 64, 96]))
    for (level, head) in heads.enumerated() {
      let expected = try vectors.floats("eval.conv\(level)")
      #expect(Self.difference(head.floats, expected, .heads) == nil, "level \(level)")
    }
  }

  @Test(arguments: [
    ("models/yolov10/yolov10n.pt", Family.yolov10),
    ("models/nanodet/nanodet-m_320.ckpt", .nanodet),
  ])
  func otherFamiliesAreNamed(_ path: String, _ family: Family) throws {
    let checkpoint = try Self.open(path)
    #expect(try FamilyCatalogue.identify(checkpoint).family == family)
  }

  /// `[1, anchors · width, H, W]` as `[1, anchors, H, W, width]`.
  static func anchorsLast(_ head: Tensor, width: Int, image: Int = 0) -> [Float] {
    let values = head.floats
    let plane = head.shape[2] * head.shape[3]
    let start = image * head.shape[1] * plane
    return (0..<(head.shape[1] / width)).flatMap { anchor in
      (0..<plane).flatMap { cell in
        (0..<width).map { values[start + (anchor * width + $0) * plane + cell] }
      }
    }
  }

  static func difference(
    _ found: [Float], _ expected: [Float], _ tolerance: Tolerance
  ) -> String? {
    guard found.count == expected.count else {
      return "\(found.count) values instead of \(expected.count)"
    }
    for (index, pair) in zip(found, expected).enumerated()
    where !tolerance.accepts(Double(pair.0), Double(pair.1)) {
      return "value \(index) is \(pair.0) instead of \(pair.1) (\(tolerance))"
    }
    return nil
  }
}

extension Tolerance {
  /// Raw outputs: upstream's binary32 sums lie within 1e-6 of a float64 run.
  static let heads = close(relative: 1e-5, absolute: 2e-6)
  /// Decoded boxes of up to 1000 pixels.
  static let decoded = close(relative: 1e-5, absolute: 3e-4)
}
