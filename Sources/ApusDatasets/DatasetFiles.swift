import ApusImage
import Foundation

/// Bounded reading of files and folders.
struct DatasetFiles {
  /// The bounds.
  let limits: DatasetLimits
  /// Sizes of upright pictures that are known without reading the file at a path.
  var knownSize: @Sendable (String) -> (width: Int, height: Int)? = { _ in nil }

  /// The endings of pictures' names that are looked for.
  static let pictureEndings: Set<String> = ["jpg", "jpeg", "png", "webp", "bmp"]

  /// The bytes of a UTF-8 file without its byte order mark.
  func bytes(of url: URL, atMost limit: Int) throws(DatasetError) -> [UInt8] {
    let data: Data
    do {
      let handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      data = try handle.read(upToCount: limit + 1) ?? Data()
    } catch {
      throw DatasetError(
        .unreadable, file: url.path, expected: "a readable file", found: "none",
        remedy: "Check the path and its permissions.")
    }
    guard data.count <= limit else {
      throw DatasetError(
        .tooLarge, file: url.path, expected: "at most \(limit) bytes", found: "more",
        remedy: "Check that it is the file that was meant; else split it or raise the limits.")
    }
    let bytes = [UInt8](data.starts(with: [0xef, 0xbb, 0xbf]) ? data.dropFirst(3) : data)
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw DatasetError(
        .notUTF8, file: url.path, expected: "text in UTF-8", found: "other bytes",
        remedy: "Save the file as UTF-8.")
    }
    return bytes
  }

  /// The lines of a text file, with their numbers from 1, without blank ones and outer spaces.
  func lines(of url: URL) throws(DatasetError) -> [(number: Int, text: String)] {
    let text = String(decoding: try bytes(of: url, atMost: limits.textBytes), as: UTF8.self)
    return text.split(omittingEmptySubsequences: false) { $0.isNewline }.enumerated()
      .map { ($0.offset + 1, $0.element.trimmingCharacters(in: .whitespaces)) }
      .filter { !$0.1.isEmpty }
  }

  /// A JSON file.
  func json(_ url: URL) throws(DatasetError) -> JSON {
    try JSONReader.read(
      try bytes(of: url, atMost: limits.jsonBytes), file: url.path, depth: limits.depth)
  }

  /// The names in a folder, in order.
  func names(in folder: URL) throws(DatasetError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    } catch {
      throw DatasetError(
        .unreadable, file: folder.path, expected: "a readable folder", found: "none",
        remedy: "Check the path and its permissions.")
    }
  }

  /// The paths, relative to a folder and in order, of the files below it with one of the endings.
  ///
  /// Folders and files whose names begin with a point are passed over.
  func paths(below folder: URL, endings: Set<String>) throws(DatasetError) -> [String] {
    _ = try names(in: folder)
    let root = folder.resolvingSymlinksInPath()
    guard let walk = FileManager.default.enumerator(atPath: root.path) else { return [] }
    var paths: [String] = []
    for case let path as String in walk {
      let url = URL(fileURLWithPath: path)
      if url.lastPathComponent.hasPrefix(".") {
        walk.skipDescendants()
      } else if endings.contains(url.pathExtension.lowercased()) {
        paths.append(path)
      }
    }
    return paths.sorted()
  }

  /// Whether there is a file or folder.
  func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }

  /// The first of the folders in which `file` lies, as a path to it.
  func locate(_ file: String, in folders: [URL]) -> String? {
    folders.lazy.map { $0.appendingPathComponent(file) }.first { exists($0) }?.path
  }

  /// The size of a picture as it stands upright.
  func size(of path: String) throws(DatasetError) -> (width: Int, height: Int) {
    if let size = knownSize(path) { return size }
    do throws(ImageError) {
      let bytes: [UInt8]
      do { bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) } catch {
        throw ImageError(
          .unreadable, expected: "a readable picture", found: "none", remedy: "Check the path.")
      }
      let header = try ImageDecoder().header(bytes)
      let isTurned = header.orientation?.swapsSides ?? false
      return isTurned ? (header.height, header.width) : (header.width, header.height)
    } catch {
      throw DatasetError(
        .unreadable, file: path, place: error.offset.map { "byte \($0)" } ?? "",
        expected: error.expected, found: error.found, remedy: error.remedy
      ).about(.pictureFile)
    }
  }
}

extension Dataset.PixelBox {
  /// The greatest magnitude of a box's numbers in pixels: a thousand times the largest picture's side.
  ///
  /// Areas, and sizes scaled to any input, then stay finite and fit into an `Int`.
  static let greatestNumber = 1e9

  /// Throws unless the box is finite, within ``greatestNumber``, and its sides are not negative.
  func check(file: String, place: String) throws(DatasetError) {
    let isBounded = [x, y, width, height].allSatisfy { $0.magnitude <= Self.greatestNumber }
    guard isBounded, width >= 0, height >= 0 else {
      throw DatasetError(
        .badNumber, file: file, place: place,
        expected: "a box of finite numbers up to 1e9, and of sides of at least 0",
        found: "x \(x), y \(y), width \(width), height \(height)",
        remedy: "Correct the box or remove the annotation."
      ).about(isBounded ? .negativeBox : .nonFiniteBox)
    }
  }
}

extension DatasetError {
  /// The error of a picture's size that is none.
  static func pictureSize(
    _ width: Int, _ height: Int, file: String, place: String
  ) -> DatasetError {
    DatasetError(
      .badNumber, file: file, place: place, expected: "a width and height of 1 to 1000000",
      found: "\(width) x \(height)", remedy: "Correct the size of the picture."
    ).about(.pictureSize)
  }
}
