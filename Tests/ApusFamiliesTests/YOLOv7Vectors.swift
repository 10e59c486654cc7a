import ApusBoxes
import ApusCheckpoints
import ApusFamilies
import ApusGraph
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

/// A narrow network of upstream's with its outputs: `data/vectors/arch/yolov7`.
struct YOLOv7Vectors: CustomTestStringConvertible, Sendable {
  let name: String
  /// The published network it is a narrow one of.
  let variant: String
  let isDeployed: Bool
  let scale: LayerTable.Scale
  let parameters: Int
  let classCount: Int
  let strides: [Int]
  /// How far single precision moves raw outputs in training, twice what `Tools/goldens/yolov7.py` prints: batches
  /// of a few cells are divided by their deviation.
  let rounding: Double
  var testDescription: String { name }

  static let all = [
    YOLOv7Vectors(
      name: "y7_tiny", variant: "yolov7-tiny", isDeployed: false,
      scale: LayerTable.Scale(width: 0.125), parameters: 101_016, classCount: 3,
      strides: [8, 16, 32], rounding: 1.6e-4),
    YOLOv7Vectors(
      name: "y7", variant: "yolov7", isDeployed: false, scale: LayerTable.Scale(width: 0.0625),
      parameters: 156_328, classCount: 3, strides: [8, 16, 32], rounding: 8e-4),
    YOLOv7Vectors(
      name: "y7_deploycfg", variant: "yolov7", isDeployed: true,
      scale: LayerTable.Scale(width: 0.0625), parameters: 156_144, classCount: 3,
      strides: [8, 16, 32], rounding: 1.1e-3),
    YOLOv7Vectors(
      name: "y7_w6_aux", variant: "yolov7-w6", isDeployed: false,
      scale: LayerTable.Scale(width: 0.0625), parameters: 343_792, classCount: 3,
      strides: [8, 16, 32, 64], rounding: 8.4e-4),
    YOLOv7Vectors(
      name: "y7_e6e_aux", variant: "yolov7-e6e", isDeployed: false,
      scale: LayerTable.Scale(width: 0.03125), parameters: 251_500, classCount: 2,
      strides: [8, 16, 32, 64], rounding: 6.2e-3),
  ]

  /// The network of the checkpoint.
  func network() throws -> DetectorNetwork {
    let path = Shared.file("data/vectors/arch/yolov7/\(name).stripped.pt").path
    return try DetectorCheckpoint(try TorchCheckpoint(path: path)).network
  }

  func fixture() throws -> SafetensorsFixture {
    try SafetensorsFixture("data/vectors/arch/yolov7/\(name).safetensors")
  }

  /// The outputs in training that `Tools/goldens/yolov7.py` writes.
  func golden() throws -> SafetensorsFixture {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Goldens/YOLOv7")
    let bytes = try Data(contentsOf: folder.appendingPathComponent("\(name).safetensors"))
    return try SafetensorsFixture(bytes: [UInt8](bytes), name: name)
  }

  /// Compares raw outputs with vectors `[N, anchors, H, W, 5 + classes]`.
  func expectHeads(
    _ heads: [Tensor], equal prefix: String, of fixture: SafetensorsFixture,
    _ tolerance: Tolerance = .heads, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(heads.count == strides.count, sourceLocation: sourceLocation)
    for (level, head) in heads.enumerated() {
      let expected = try fixture("\(prefix)\(level)")
      let difference = YOLOv5CheckpointTests.difference(
        Self.cells(head, width: 5 + classCount), expected.floats, tolerance)
      #expect(difference == nil, "\(prefix)\(level)", sourceLocation: sourceLocation)
    }
  }

  /// `[N, anchors · width, H, W]` as `[N, anchors, H, W, width]`.
  static func cells(_ head: Tensor, width: Int) -> [Float] {
    (0..<head.shape[0]).flatMap {
      YOLOv5CheckpointTests.anchorsLast(head, width: width, image: $0)
    }
  }
}

extension SafetensorsFixture {
  /// The tensor of a name.
  func tensor(_ name: String) throws -> Tensor {
    let entry = try self(name)
    return Tensor(entry.floats, shape: Shape(entry.shape))
  }
}

extension NetworkInput {
  /// The input that takes a tensor `[N, 3, H, W]`.
  static func fitting(_ tensor: Tensor) -> NetworkInput {
    NetworkInput(
      batch: .fixed(tensor.shape[0]), height: .fixed(tensor.shape[2]),
      width: .fixed(tensor.shape[3]))
  }
}
