import ApusImage
import Foundation
import Testing

/// The float tensors of a safetensors file; only what the reference vectors need.
struct Safetensors {
  private let bytes: Data
  private let header: [String: Any]
  private let start: Int

  init(contentsOf url: URL) throws {
    bytes = try Data(contentsOf: url)
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    start = 8 + length
    let json = try JSONSerialization.jsonObject(with: bytes[8..<start])
    header = try #require(json as? [String: Any])
  }

  init(shared path: String) throws {
    try self.init(contentsOf: SharedData.root.appendingPathComponent("data/" + path))
  }

  func contains(_ name: String) -> Bool {
    header[name] != nil
  }

  func floats(_ name: String) throws -> (values: [Float], shape: [Int]) {
    let entry = try #require(header[name] as? [String: Any], "no tensor \(name)")
    let shape = try #require(entry["shape"] as? [Int])
    let range = try #require(entry["data_offsets"] as? [Int])
    #expect(entry["dtype"] as? String == "F32")
    let raw = bytes[start + range[0]..<start + range[1]]
    let values = raw.withUnsafeBytes { buffer in
      (0..<buffer.count / 4).map { index in
        Float(
          bitPattern: UInt32(
            littleEndian: buffer.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
      }
    }
    return (values, shape)
  }

  /// A tensor `[height, width, 3]` of sample values as a picture.
  func image(_ name: String) throws -> Image {
    let (values, shape) = try floats(name)
    return try Image(
      width: shape[1], height: shape[0], format: .bgr, pixels: values.map { UInt8($0) })
  }

  /// A tensor `[n, 4]` of corners.
  func boxes(_ name: String) throws -> [PixelBox] {
    let values = try floats(name).values
    return stride(from: 0, to: values.count, by: 4).map { index in
      PixelBox(
        x1: values[index], y1: values[index + 1], x2: values[index + 2], y2: values[index + 3])
    }
  }
}
