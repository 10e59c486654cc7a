import ApusBoxes
import ApusCheckpoints
import ApusFamilies
import ApusGraph
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

/// The checkpoints that `Tools/goldens/yolov5.py` writes.
@Suite("YOLOv5 goldens")
struct YOLOv5GoldenTests {
  static func bytes(_ name: String) throws -> [UInt8] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Goldens/YOLOv5")
    return [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  static func open(_ name: String) throws -> DetectorCheckpoint {
    try DetectorCheckpoint(
      try TorchCheckpoint(bytes: try bytes("\(name).pt"), file: "\(name).pt"))
  }

  @Test(arguments: ["old", "fused"])
  func headsEqualPyTorch(_ name: String) throws {
    let vectors = try SafetensorsFixture(
      bytes: try Self.bytes("\(name).safetensors"), name: name)
    let input = try vectors("input")
    let graph = try Self.open(name).network.graph(
      input: NetworkInput(height: .fixed(input.shape[2]), width: .fixed(input.shape[3])))
    try graph.verify()
    let heads = try run(graph, Tensor(input.floats, shape: Shape(input.shape)))
    #expect(heads.count == 2)
    for (level, head) in heads.enumerated() {
      let expected = try vectors("head\(level)")
      #expect(head.shape.dimensions == expected.shape)
      #expect(
        YOLOv5CheckpointTests.difference(head.floats, expected.floats, .heads) == nil,
        "level \(level)")
    }
  }

  /// In the form for training, against a run in binary64.
  @Test(arguments: ["old", "fused"])
  func trainingEqualsPyTorch(_ name: String) throws {
    let vectors = try SafetensorsFixture(
      bytes: try Self.bytes("\(name).safetensors"), name: name)
    let network = try Self.open(name).network
    let heads = try NetworkRun(network, .training, on: try vectors("input_train")).heads()
    for (level, head) in heads.enumerated() {
      let expected = try vectors.floats("train\(level)")
      #expect(
        YOLOv5CheckpointTests.difference(head.floats, expected, .heads) == nil, "level \(level)")
    }
  }

  /// Strides follow from the layers, anchors in pixels from them, not from the zeros in the file.
  @Test func theOldLayoutIsDescribed() throws {
    let checkpoint = try Self.open("old")
    let model = checkpoint.network
    #expect(checkpoint.source == .model)
    #expect(model.entries.contains { $0.name.hasSuffix(".anchor_grid") })
    #expect(model.strides == [4, 8])
    #expect(model.anchors?.pixels == [[[6, 8], [12, 18]], [[16, 8], [40, 50]]])
    #expect(model.anchors?.areCOCODefaults == false)
    #expect(model.classNames.names == ["left", "right"])
    #expect(model.variantName == "custom")
    #expect(checkpoint.epoch == 7)
    #expect(checkpoint.date == "2020-08-01T00:00:00")
    #expect(model.layerClasses.first == "Focus" && model.layerClasses.last == "Detect")
  }

  @Test func theFusedLayoutIsDescribed() throws {
    let checkpoint = try Self.open("fused")
    let model = checkpoint.network
    #expect(checkpoint.source == .root)
    #expect(!model.entries.contains { $0.name.hasSuffix(".anchor_grid") })
    #expect(model.strides == [4, 8])
    #expect(model.anchors?.pixels == [[[5, 6.5]], [[15, 30.5]]])
    #expect(checkpoint.epoch == nil && checkpoint.date == nil)
  }
}
