import ApusImage
import ApusTestSupport
import ApusToolkit
import Foundation
import Testing

/// The official YOLOv10n checkpoint on photographs.
@Suite(.enabled(if: Shared.isPresent, Comment(rawValue: Shared.absence)))
struct YOLOv10Tests {
  static let checkpoint = "models/yolov10/yolov10n.pt"

  @Test func boxesEqualUpstream() throws {
    try DetectorTests.check(
      Self.checkpoint, "yolov10n_onnx/detections.json", DetectionOptions())
  }

  /// Upstream's numbers come from the weights before they were rounded to binary16 for the checkpoint.
  @Test func rawHeadsEqualUpstream() throws {
    let image = try ImageDecoder().decode(
      contentsOf: Shared.file("data/expected/inputs/bus_yolo_letterbox_640x640.png").path)
    let pixels = try image.planar(order: .rgb, normalization: Normalization(divisor: 255))
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("apus-heads-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (input, output) = (
      folder.appendingPathComponent("in.safetensors"),
      folder.appendingPathComponent("out.safetensors")
    )
    try Self.safetensors("images", [1, 3, 640, 640], pixels).write(to: input)
    let run = try ModelRun.run(
      Model(path: Shared.file(Self.checkpoint).path), inputs: input.path, outputs: output.path,
      executor: .compiled, threads: 2)
    let strides = [8, 16, 32]
    #expect(
      run.outputs.map(\.name) == strides.flatMap { ["stride\($0).boxes", "stride\($0).classes"] })

    let found = try SafetensorsFixture(
      bytes: [UInt8](try Data(contentsOf: output)), name: "out.safetensors")
    let expected = try SafetensorsFixture("data/expected/yolov10n_onnx/raw_heads_bus.safetensors")
      .floats("head_1x144x8400")
    var (largest, sum, start) = (Float(0), Float(0), 0)
    for stride in strides {
      let plane = (640 / stride) * (640 / stride)
      let rows =
        try found.floats("stride\(stride).boxes") + found.floats("stride\(stride).classes")
      try #require(rows.count == 144 * plane)
      for (index, number) in rows.enumerated() {
        let gap = abs(number - expected[index / plane * 8400 + start + index % plane])
        largest = max(largest, gap)
        sum += gap
      }
      start += plane
    }
    #expect(largest < 0.2, "\(largest)")
    #expect(sum / Float(expected.count) < 0.004, "\(sum / Float(expected.count))")
  }

  /// The bytes of a safetensors file of one tensor.
  private static func safetensors(_ name: String, _ shape: [Int], _ numbers: [Float]) -> Data {
    let header = Data(
      """
      {"\(name)":{"dtype":"F32","shape":\(shape),"data_offsets":[0,\(4 * numbers.count)]}}
      """.utf8)
    var bytes = Data((0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) })
    bytes += header
    for number in numbers {
      let bits = number.bitPattern
      bytes += Data((0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt32($0))) })
    }
    return bytes
  }
}
