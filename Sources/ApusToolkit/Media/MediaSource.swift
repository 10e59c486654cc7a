import ApusImage
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One thing detection is run on.
public enum MediaSource: Hashable, Sendable {
  /// A picture file.
  case picture(path: String)
  /// A picture given on standard input.
  case standardInput
  /// A video file, decoded by an installed ffmpeg.
  case video(path: String)

  /// The path, or `-`.
  public var path: String {
    switch self {
    case .picture(let path), .video(let path): path
    case .standardInput: "-"
    }
  }

  /// Endings of files that are taken for videos.
  public static let videoExtensions: Set<String> = [
    "asf", "avi", "gif", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "ts", "webm", "wmv",
  ]

  static let pictureExtensions = Set(ImageFormat.allCases.flatMap(\.fileExtensions))

  /// Everything the arguments name: files, folders (their pictures and videos, not their sub-folders),
  /// globs, list files (`.txt`, one path a line, relative to the list), `-` for standard input.
  ///
  /// - Throws: `ApusError` where an argument names nothing.
  public static func resolve(_ arguments: [String]) throws(ApusError) -> [MediaSource] {
    var sources: [MediaSource] = []
    for argument in arguments { sources += try resolve(argument, isListed: false) }
    if sources.filter({ $0 == .standardInput }).count > 1 {
      throw .usage("'-' (standard input) is given more than once; give it once")
    }
    return sources
  }

  private static func resolve(
    _ argument: String, isListed: Bool
  ) throws(ApusError) -> [MediaSource] {
    if argument == "-" { return [.standardInput] }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder) {
      if isFolder.boolValue { return try contents(ofFolder: argument) }
      return try file(argument, isListed: isListed)
    }
    if argument.contains(where: { "*?[".contains($0) }) {
      let matches = glob(argument)
      guard !matches.isEmpty else {
        throw .failure("'\(argument)': the pattern matches no file; quote it and check the folder")
      }
      var sources: [MediaSource] = []
      for match in matches { sources += try resolve(match, isListed: isListed) }
      return sources
    }
    throw .failure("'\(argument)': no such file or folder")
  }

  private static func file(
    _ path: String, isListed: Bool
  ) throws(ApusError) -> [MediaSource] {
    let ending = (path as NSString).pathExtension.lowercased()
    if videoExtensions.contains(ending) { return [.video(path: path)] }
    if ending == "txt" {
      guard !isListed else {
        throw .failure("'\(path)': a list file names another list file; list pictures only")
      }
      return try listed(in: path)
    }
    // Whatever else it is called, its first bytes decide when it is read.
    return [.picture(path: path)]
  }

  private static func contents(ofFolder folder: String) throws(ApusError) -> [MediaSource] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw .failure("'\(folder)': the folder cannot be read: \(error.localizedDescription)")
    }
    let sources = names.compactMap { name -> MediaSource? in
      let path = (folder as NSString).appendingPathComponent(name)
      let ending = (name as NSString).pathExtension.lowercased()
      if pictureExtensions.contains(ending) { return .picture(path: path) }
      if videoExtensions.contains(ending) { return .video(path: path) }
      return nil
    }
    guard !sources.isEmpty else {
      let endings = pictureExtensions.union(videoExtensions).sorted().joined(separator: ", ")
      throw .failure(
        "'\(folder)': the folder holds no picture and no video; expected files ending in \(endings)"
      )
    }
    return sources
  }

  private static func listed(in list: String) throws(ApusError) -> [MediaSource] {
    guard let text = try? String(contentsOfFile: list, encoding: .utf8) else {
      throw .failure("'\(list)': the list cannot be read as UTF-8 text; expected one path a line")
    }
    let folder = FilePath.folder(of: list)
    var sources: [MediaSource] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let entry = line.trimmingCharacters(in: .whitespaces)
      if entry.isEmpty || entry.hasPrefix("#") { continue }
      let path =
        entry.hasPrefix("/") || folder.isEmpty
        ? entry : (folder as NSString).appendingPathComponent(entry)
      do {
        sources += try resolve(path, isListed: true)
      } catch {
        throw .failure("'\(list)', line \(number + 1): \(error.message)")
      }
    }
    guard !sources.isEmpty else {
      throw .failure("'\(list)': the list is empty; expected one path a line")
    }
    return sources
  }

  private static func glob(_ pattern: String) -> [String] {
    var result = glob_t()
    defer { globfree(&result) }
    #if canImport(Glibc)
      let status = Glibc.glob(pattern, 0, nil, &result)
    #else
      let status = Darwin.glob(pattern, 0, nil, &result)
    #endif
    guard status == 0 else { return [] }
    return (0..<Int(result.gl_pathc)).compactMap { index in
      result.gl_pathv[index].map { String(cString: $0) }
    }
  }
}
