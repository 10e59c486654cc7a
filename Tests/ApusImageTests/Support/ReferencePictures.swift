import ApusBoxes
import ApusImage
import ApusTestSupport
import Foundation
import Testing

/// The shared photographs and what upstream's runs left about them.
enum ReferencePictures {
  static let absence = Comment(rawValue: Shared.absence)

  static func photo(_ name: String, as format: PixelFormat = .bgr) throws -> Image {
    try ImageDecoder().decode(Shared.bytes("data/photos/" + name), name: name, as: format)
  }

  /// The object of a JSON file below the shared data.
  static func json(_ path: String) throws -> [String: Any] {
    let data = try Data(contentsOf: Shared.file("data/" + path))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }
}

extension SafetensorsFixture {
  /// A tensor `[height, width, 3]` of sample values as a picture.
  func image(_ name: String) throws -> Image {
    let entry = try self(name)
    return try Image(
      width: entry.shape[1], height: entry.shape[0], format: .bgr,
      pixels: entry.floats.map { UInt8($0) })
  }

  /// A tensor `[n, 4]` of corners.
  func boxes(_ name: String) throws -> [Box] {
    let values = try floats(name)
    return stride(from: 0, to: values.count, by: 4).map { index in
      Box(
        x1: values[index], y1: values[index + 1], x2: values[index + 2], y2: values[index + 3])
    }
  }
}

/// A folder of files made for one test and removed with it.
func withTemporaryFolder<R>(_ body: (URL) throws -> R) throws -> R {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("apus-image-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}
