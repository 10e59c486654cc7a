import ApusDatasets
import ApusImage
import ApusTestSupport
import Foundation

/// A picture of random pixels: no other is like it.
func noise(_ seed: UInt64, width: Int = 64, height: Int = 48) throws -> Image {
  var generator = SeededGenerator(seed: seed)
  // Blocks of 4 x 4, so that brightness does not average out when the picture is shrunk.
  let across = (width + 3) / 4
  let blocks = (0..<across * ((height + 3) / 4)).map { _ in
    UInt8.random(in: 0...255, using: &generator)
  }
  var pixels: [UInt8] = []
  for row in 0..<height {
    for column in 0..<width {
      let value = blocks[row / 4 * across + column / 4]
      pixels += [value, value / 2, 255 - value]
    }
  }
  return try Image(width: width, height: height, format: .rgb, pixels: pixels)
}

/// A small data set without a fault, in a folder: pictures 0 to 3 in train, 4 and 5 in val.
struct CheckedSet {
  let folder: Folder
  let format: DatasetFormat
  var url: URL { folder["set"] }

  /// Writes the data set after a change to its value.
  init(_ format: DatasetFormat, _ change: (inout Dataset) throws -> Void = { _ in }) throws {
    folder = try Folder()
    self.format = format
    var set = Dataset(classes: [.init(id: 0, name: "cell"), .init(id: 1, name: "plate")])
    for index in 0..<6 {
      let file = "\(index).png"
      try noise(UInt64(index) + 1).write(to: folder[file].path)
      set.pictures.append(
        .init(
          id: index + 1, file: file, path: folder[file].path, width: 64, height: 48,
          splits: [index < 4 ? "train" : "val"]))
      for (number, box) in [
        Dataset.PixelBox(x: 8, y: 12, width: 16, height: 12),
        .init(x: 32, y: 6, width: 24, height: 30),
      ].enumerated() {
        set.annotations.append(
          .init(id: index * 2 + number + 1, pictureID: index + 1, classID: number, box: box))
      }
    }
    try change(&set)
    try set.write(as: format, to: folder["set"])
  }

  /// Where a picture lies.
  func picture(_ index: Int, ending: String = "png") -> URL {
    let split = index < 4 ? "train" : "val"
    return switch format {
    case .voc: url.appendingPathComponent("JPEGImages/\(index).\(ending)")
    case .labelme: url.appendingPathComponent("\(index).\(ending)")
    default: url.appendingPathComponent("images/\(split)/\(index).\(ending)")
    }
  }

  /// Where the labels of a picture are.
  func labels(_ index: Int) -> URL {
    let split = index < 4 ? "train" : "val"
    return switch format {
    case .yolo: url.appendingPathComponent("labels/\(split)/\(index).txt")
    case .coco: url.appendingPathComponent("annotations/instances_\(split).json")
    case .voc: url.appendingPathComponent("Annotations/\(index).xml")
    case .labelme: url.appendingPathComponent("\(index).json")
    }
  }

  /// Changes text of a file.
  func edit(_ file: URL, _ change: (String) -> String) throws {
    try change(String(contentsOf: file, encoding: .utf8))
      .write(to: file, atomically: true, encoding: .utf8)
  }

  /// Puts one text for the first of another.
  func replace(_ old: String, _ new: String, in file: URL) throws {
    try edit(file) { text in
      guard let range = text.range(of: old) else { return "\(old) is not in it" }
      return text.replacingCharacters(in: range, with: new)
    }
  }

  /// Checks without a cache.
  func check() throws -> DatasetCheck {
    var options = DatasetCheck.Options()
    options.cache = nil
    return try DatasetCheck(url, options)
  }

  /// The findings of a check.
  func findings() throws -> [Finding] { try check().report.findings }
}

extension [Finding] {
  /// Whether one is of a kind, in a file by the end of its path, and tells of something.
  func has(_ kind: FindingKind, _ file: URL, _ found: String = "") -> Bool {
    contains { finding in
      finding.kind == kind && (finding.file as NSString).lastPathComponent == file.lastPathComponent
        && (found.isEmpty || "\(finding.place): \(finding.found)".contains(found))
    }
  }

  /// The kinds, each once, by their codes.
  var kinds: [String] { Set(map(\.kind.rawValue)).sorted() }
}
