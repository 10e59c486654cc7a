#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whole files as bytes, read and written at once.
enum FileBytes {
  /// The bytes of a regular file.
  static func read(_ path: String) throws(CheckpointError) -> [UInt8] {
    let place = CheckpointError.Place(file: path)
    let type: FileAttributeType?
    do {
      let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
      type =
        try FileManager.default.attributesOfItem(atPath: resolved)[.type] as? FileAttributeType
    } catch {
      throw place.error(
        .unreadable, "the file cannot be opened", expected: "an existing, readable file",
        remedy: "Check the path and the permissions.")
    }
    guard type == .typeRegular else {
      throw place.error(
        .unreadable, "this is not a regular file", expected: "a file of weights",
        remedy: "Name the file itself.")
    }
    do {
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw place.error(
        .unreadable, "the file cannot be read", expected: "a readable file",
        remedy: "Check the permissions and the disk.")
    }
  }

  /// Writes to a temporary name beside `path`, then renames.
  static func write(_ bytes: [UInt8], to path: String) throws(CheckpointError) {
    let target = URL(fileURLWithPath: path)
    let temporary = target.deletingLastPathComponent().appendingPathComponent(
      ".\(target.lastPathComponent).\(UInt64.random(in: 0...UInt64.max)).partial")
    do {
      try Data(bytes).write(to: temporary)
      guard rename(temporary.path, target.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    } catch {
      try? FileManager.default.removeItem(at: temporary)
      throw CheckpointError.Place(file: path).error(
        .unwritable, "the file cannot be written", expected: "a writable folder with free space",
        remedy: "Check the folder, its permissions and the free space.")
    }
  }
}
