import Foundation

/// Paths of files that are written.
enum FilePath {
  /// The one path of a file, whatever links and dots lead to it.
  static func canonical(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
  }

  /// The folder that a path states; empty where it states none, as `deletingLastPathComponent` has it.
  ///
  /// That of Foundation (swift-corelibs-foundation 6.3) ends the process on Linux where a path is one letter.
  static func folder(of path: String) -> String {
    var rest = Substring(path)
    while rest.count > 1, rest.last == "/" { rest.removeLast() }
    while let last = rest.last, last != "/" { rest.removeLast() }
    while rest.count > 1, rest.last == "/" { rest.removeLast() }
    return String(rest)
  }

  /// Refuses a file that cannot be written, before the work that would be lost.
  ///
  /// - Parameter source: the file that is read, which must not be overwritten.
  /// - Throws: `ApusError` naming the file.
  static func checkTarget(_ path: String, source: String) throws(ApusError) {
    guard !path.isEmpty else { throw .usage("the file to write has no name; name one") }
    guard canonical(path) != canonical(source) else {
      throw .usage("'\(path)' is read by this run and would be overwritten; name another file")
    }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw .failure("'\(path)': is a folder; name the file to write")
    }
    let parent = folder(of: path)
    let folder = parent.isEmpty ? "." : parent
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
      throw .failure("'\(path)': there is no folder '\(folder)'; make it, or name another file")
    }
    guard isFolder.boolValue else {
      throw .failure("'\(path)': '\(folder)' is a file, not a folder; name another file")
    }
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw .failure("'\(path)': the folder '\(folder)' may not be written to; name another file")
    }
  }

  /// Why the system refused, in its own words.
  static func reason(_ error: any Error) -> String {
    var current = error as NSError
    while let cause = current.userInfo[NSUnderlyingErrorKey] as? any Error {
      current = cause as NSError
    }
    guard current.domain == NSPOSIXErrorDomain else { return current.localizedDescription }
    return String(cString: strerror(Int32(current.code))).lowercased()
  }
}
