public import ApusDatasets
import Foundation

/// Files written beside one another in an output folder, none of them half-written.
public struct OutputFolder: Sendable {
  /// The folder.
  public let path: String
  /// The folders made for this run, innermost first.
  private let made: [String]
  private let sources: Set<String>
  private var taken: Set<String> = []

  /// Opens a folder for writing, and makes it where it is missing.
  ///
  /// - Parameter sources: files that are read, which must not be overwritten.
  /// - Throws: `ApusError` where it cannot be made or written to.
  public init(_ path: String, keeping sources: [String] = []) throws(ApusError) {
    guard !path.isEmpty else { throw .usage("--output is empty; name a folder") }
    self.path = path
    self.sources = Set(sources.map(FilePath.canonical))
    var made: [String] = []
    var missing = path
    while !missing.isEmpty, !FileManager.default.fileExists(atPath: missing) {
      made.append(missing)
      missing = FilePath.folder(of: missing)
    }
    self.made = made
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .failure(
        "'\(path)': the output folder cannot be made (\(FilePath.reason(error)));"
          + " choose another with --output")
    }
    for folder in made { Interruption.protect(emptyFolder: folder) }
    // Permission bits do not tell the truth of every file system, nor to every user: try it.
    let probe = (path as NSString).appendingPathComponent(".apus-\(UUID().uuidString)")
    do {
      try Data().write(to: URL(fileURLWithPath: probe))
      try FileManager.default.removeItem(atPath: probe)
    } catch {
      throw .failure(
        "'\(path)': the output folder cannot be written to (\(FilePath.reason(error)));"
          + " choose another with --output")
    }
  }

  /// A path in the folder for the result of a source: its own name, with a number where two sources share
  /// one.
  ///
  /// - Throws: `ApusError` where the result would overwrite a source.
  public mutating func path(
    for source: String, suffix: String = "", ending: String
  ) throws(ApusError) -> String {
    let stem =
      source == "-"
      ? "stdin" : ((source as NSString).lastPathComponent as NSString).deletingPathExtension
    let base = stem + suffix
    var name = "\(base).\(ending)"
    var number = 2
    while !taken.insert(name).inserted {
      name = "\(base)-\(number).\(ending)"
      number += 1
    }
    let target = (path as NSString).appendingPathComponent(name)
    guard !sources.contains(FilePath.canonical(target)) else {
      throw .usage(
        "'\(target)' is read by this run and would be overwritten; choose another folder with"
          + " --output")
    }
    return target
  }

  /// Removes the folder, and those around it, where they were made for this run and nothing was written into
  /// them.
  public func removeIfUnused() {
    for folder in made {
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder), names.isEmpty
      else { return }
      try? FileManager.default.removeItem(atPath: folder)
    }
  }
}

/// A file that is written.
public enum OutputFile {
  /// Refuses a file that cannot be written, before the work that would be lost.
  ///
  /// - Parameter source: a file that is read, which must not be overwritten.
  /// - Throws: `ApusError` naming the file.
  public static func check(_ path: String, source: String) throws(ApusError) {
    try FilePath.checkTarget(path, source: source)
  }

  /// Refuses files that are pictures of a data set.
  ///
  /// - Throws: `ApusError` naming the file.
  public static func check(_ paths: [String], picturesOf dataset: Dataset) throws(ApusError) {
    for path in paths where FileManager.default.fileExists(atPath: path) {
      for picture in dataset.pictures.compactMap(\.path) {
        try FilePath.checkTarget(path, source: picture)
      }
    }
  }

  /// Refuses files of which one would overwrite another.
  ///
  /// - Throws: `ApusError` naming the file.
  public static func checkDistinct(_ paths: [String]) throws(ApusError) {
    var taken: Set<String> = []
    for path in paths where !taken.insert(FilePath.canonical(path)).inserted {
      throw .usage("'\(path)' would be written twice by this run; name another file")
    }
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
      throw .failure("'\(path)': cannot be written: \(FilePath.reason(error))")
    }
  }
}
