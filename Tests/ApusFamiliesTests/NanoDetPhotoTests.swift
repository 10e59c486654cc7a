import ApusBoxes
import ApusCheckpoints
import ApusFamilies
import ApusGraph
import ApusImage
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

/// The official checkpoint of NanoDet-m, in PyTorch's older file layout.
@Suite("NanoDet's official checkpoint", .enabled(if: Shared.isPresent, "\(Shared.absence)"))
struct NanoDetPhotoTests {
  static func checkpoint() throws -> DetectorCheckpoint {
    try DetectorCheckpoint(try YOLOv5CheckpointTests.open("models/nanodet/nanodet-m_320.ckpt"))
  }

  @Test func theOfficialCheckpointIsDescribed() throws {
    let network = try Self.checkpoint().network
    #expect(network.variantName == "nanodet-m")
    #expect(network.parameterCount == 959_348)
    #expect(network.classNames == .coco80)
    #expect(network.strides == [8, 16, 32])
    #expect(network.defaultInputSide == 320)
    #expect(network.anchors == nil)
  }

  /// Upstream's outputs for the very pixels that it made of the photograph; they are kept in half precision.
  @Test func headsOfThePhotographEqualUpstream() throws {
    let network = try Self.checkpoint().network
    let graph = try network.graph()
    let file = Shared.file("data/expected/inputs/bus_nanodet_m_320_ckpt_320x320.png")
    let image = try ImageDecoder().decode([UInt8](try Data(contentsOf: file)), as: .bgr)
    #expect(image.width == 320 && image.height == 320)
    let spec = graph.card.preprocess
    let input = (0..<3).flatMap { channel in
      (0..<(320 * 320)).map { place in
        (Float(image.pixels[place * 3 + channel]) - spec.mean[channel])
          / spec.standardDeviation[channel]
      }
    }
    let rows = NanoDetCheckpointTests.rows(try run(graph, Tensor(input, shape: [1, 3, 320, 320])))
    let expected = try SafetensorsFixture(
      "data/expected/nanodet_m_320_ckpt/raw_heads_bus.safetensors")
    let cells = stride(from: 0, to: rows.count, by: 112)
    let classes = cells.flatMap { rows[$0..<($0 + 80)] }
    let distances = cells.flatMap { rows[($0 + 80)..<($0 + 112)] }
    for (found, name) in [(classes, "cls"), (distances, "reg")] {
      let difference = YOLOv5CheckpointTests.difference(
        found, try expected.floats(name), .halfRounding)
      #expect(difference == nil, "\(name)")
    }
  }
}

extension Tolerance {
  /// Numbers that were rounded to half precision.
  static let halfRounding = close(relative: 5.5e-4, absolute: 2e-5)
}
