import ApusImage
import Foundation
import Testing

/// The shared photographs and reference vectors, which are not part of the repository.
enum SharedData {
  static let root: URL = {
    if let path = ProcessInfo.processInfo.environment["APUS_SHARED"] {
      return URL(fileURLWithPath: path)
    }
    return packageRoot.appendingPathComponent("../shared").standardizedFileURL
  }()

  static var packageRoot: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
  }

  static var isPresent: Bool {
    FileManager.default.fileExists(atPath: root.appendingPathComponent("data").path)
  }

  static let reason: Comment = "shared data not found at \(root.path); set APUS_SHARED"

  static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: root.appendingPathComponent("data/" + path)))
  }

  static func json(_ path: String) throws -> [String: Any] {
    let data = try Data(contentsOf: root.appendingPathComponent("data/" + path))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  static func photo(_ name: String, as format: PixelFormat = .bgr) throws -> Image {
    try ImageDecoder().decode(bytes("photos/" + name), name: name, as: format)
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
