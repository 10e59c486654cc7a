import Foundation

/// Files written beside one another in an output folder, none of them half-written.
public struct OutputFolder: Sendable {
  /// The folder.
  public let path: String
  private var taken: Set<String> = []

  /// Opens a folder for writing, and makes it where it is missing.
  ///
  /// - Throws: `ApusError` where it cannot be made or written to.
  public init(_ path: String) throws(ApusError) {
    self.path = path
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .failure(
        "'\(path)': the output folder cannot be made (\(error.localizedDescription));"
          + " choose another with --output")
    }
    guard FileManager.default.isWritableFile(atPath: path) else {
      throw .failure(
        "'\(path)': the output folder cannot be written to; choose another with --output")
    }
  }

  /// A path in the folder for the result of a source: its own name, with a number where two sources share
  /// one.
  public mutating func path(for source: String, ending: String) -> String {
    let base =
      source == "-"
      ? "stdin" : ((source as NSString).lastPathComponent as NSString).deletingPathExtension
    var name = "\(base).\(ending)"
    var number = 2
    while !taken.insert(name).inserted {
      name = "\(base)-\(number).\(ending)"
      number += 1
    }
    return (path as NSString).appendingPathComponent(name)
  }
}

/// Writing whole files or nothing.
public enum AtomicFile {
  /// Writes bytes under a temporary name in the same folder, then renames.
  ///
  /// - Throws: `ApusError` naming the file.
  public static func write(_ bytes: some Sequence<UInt8>, to path: String) throws(ApusError) {
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw .failure("'\(path)': cannot be written: \(error.localizedDescription)")
    }
  }
}
