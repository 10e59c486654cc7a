import ApusBoxes
import ApusCheckpoints
import ApusFamilies
import ApusGraph
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

/// The checkpoints that `Tools/goldens/yolov10.py` writes: forms that exports leave.
@Suite("YOLOv10 goldens")
struct YOLOv10GoldenTests {
  static func bytes(_ name: String) throws -> [UInt8] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Goldens/YOLOv10")
    return [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  @Test(arguments: ["removed", "emptied"])
  func aHeadWithoutTheBranchOfTrainingIsRead(_ name: String) throws {
    let network = try DetectorCheckpoint(
      try TorchCheckpoint(bytes: try Self.bytes("\(name).pt"), file: "\(name).pt")
    ).network
    #expect(network.family == .yolov10 && network.variantName == "custom")
    #expect(network.strides == [8, 16])
    #expect(network.classNames.names == ["left", "right"])
    #expect(
      !network.entries.contains { $0.name.contains(".cv2.") && $0.name.hasPrefix("model.6.") })
    let vectors = try SafetensorsFixture(
      bytes: try Self.bytes("\(name).safetensors"), name: name)
    let input = try vectors("input")
    let graph = try network.graph(input: NetworkInput(height: 32, width: 48))
    try graph.verify()
    #expect(graph.card.heads.map(\.bins) == [4, nil, 4, nil])
    let steps: [Float]? = name == "removed" ? [0, 0.9375, 2.0625, 3] : nil
    #expect(graph.card.heads.map(\.binValues) == [steps, nil, steps, nil])
    let heads = try run(graph, Tensor(input.floats, shape: Shape(input.shape)))
    #expect(heads.count == 4)
    for (index, head) in heads.enumerated() {
      let expected = try vectors("head\(index)")
      #expect(head.shape.dimensions == expected.shape)
      #expect(
        YOLOv5CheckpointTests.difference(head.floats, expected.floats, .heads) == nil,
        "output \(index)")
    }
    // The reading takes the steps from the card.
    let found = try HeadReading(graph).detections(
      heads, inputSize: (32, 48), options: NMS.Options(confidence: ConfidenceThresholds(0)))
    let rows = YOLOv10CheckpointTests.rows(
      heads, strides: [8, 16], steps: (steps ?? [0, 1, 2, 3]).map(Double.init))
    let best = try #require(rows.max { $0[4...].max() ?? 0 < $1[4...].max() ?? 0 })
    let first = try #require(found.first)
    #expect(abs(Double(first.box.x2 - first.box.x1) - best[2]) < 1e-3)
    #expect(abs(Double(first.box.y2 - first.box.y1) - best[3]) < 1e-3)
    #expect(try network.graph(.training, input: .square(32)).outputs.count == 4)
  }
}
