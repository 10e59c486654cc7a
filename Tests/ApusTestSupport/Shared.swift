import Foundation

/// The folder of reference data that the repository does not contain.
///
/// `APUS_SHARED` names it; without it, `../shared` beside the package is taken.
public enum Shared {
  /// The folder, whether or not it exists.
  public static let root: URL = {
    if let path = ProcessInfo.processInfo.environment["APUS_SHARED"], !path.isEmpty {
      return URL(fileURLWithPath: path, isDirectory: true)
    }
    var folder = URL(fileURLWithPath: #filePath)
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      let manifest = folder.appendingPathComponent("Package.swift").path
      if FileManager.default.fileExists(atPath: manifest) { break }
    }
    return folder.deletingLastPathComponent().appendingPathComponent("shared", isDirectory: true)
  }()

  /// Whether the folder is there.
  public static let isPresent = FileManager.default.fileExists(
    atPath: root.appendingPathComponent("data").path)

  /// The reason to give when a test is skipped for want of it.
  public static let absence = "shared reference data not found at \(root.path); set APUS_SHARED"

  /// A file below the folder, by its path from there.
  public static func file(_ path: String) -> URL { root.appendingPathComponent(path) }

  /// The bytes of a file below the folder.
  public static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: file(path)))
  }
}
