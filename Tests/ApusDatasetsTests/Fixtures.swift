import ApusDatasets
import ApusImage
import ApusTestSupport
import Foundation

/// A folder that is removed when the last user of it is gone.
final class Folder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("apus-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes files by their paths; a name ending in .png becomes a picture of 40 x 30.
  convenience init(_ files: [String: String]) throws {
    try self.init()
    for (path, text) in files { try write(Array(text.utf8), to: path) }
  }

  func write(_ bytes: [UInt8], to path: String) throws {
    let file = self[path]
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    if path.hasSuffix(".png") && bytes.isEmpty {
      try picture(width: 40, height: 30).write(to: file.path)
    } else {
      try Data(bytes).write(to: file)
    }
  }

  subscript(_ path: String) -> URL { url.appendingPathComponent(path) }
}

func picture(width: Int, height: Int) throws -> Image {
  try Image(
    width: width, height: height, format: .rgb,
    pixels: [UInt8](repeating: 114, count: width * height * 3))
}

extension Dataset {
  /// What every format holds: for each picture its size, and the names of classes and the boxes.
  func essence() -> [String: (size: [Int], objects: [(name: String, box: PixelBox)])] {
    let names = Dictionary(uniqueKeysWithValues: classes.map { ($0.id, $0.name) })
    let marked = annotationsByPicture()
    var result: [String: (size: [Int], objects: [(name: String, box: PixelBox)])] = [:]
    for picture in pictures {
      let objects = (marked[picture.id] ?? []).map { (names[$0.classID] ?? "?", $0.box) }
      result[picture.file] = ([picture.width, picture.height], objects)
    }
    return result
  }

  /// The largest difference of an edge or side to the same box of another data set, in pixels;
  /// nil where pictures, classes or the number or order of boxes differ.
  func largestDifference(from other: Dataset) -> Double? {
    let (mine, theirs) = (essence(), other.essence())
    guard mine.count == theirs.count, pictures.count == other.pictures.count else { return nil }
    var largest = 0.0
    for (file, entry) in mine {
      guard let twin = theirs[file], twin.size == entry.size,
        twin.objects.map(\.name) == entry.objects.map(\.name)
      else { return nil }
      for (a, b) in zip(entry.objects, twin.objects) {
        for (p, q) in [
          (a.box.x, b.box.x), (a.box.y, b.box.y), (a.box.width, b.box.width),
          (a.box.height, b.box.height),
        ] {
          largest = max(largest, abs(p - q))
        }
      }
    }
    return largest
  }

  /// A random data set whose pictures lie in a folder.
  static func random(_ seed: UInt64, in folder: Folder) throws -> Dataset {
    var generator = SeededGenerator(seed: seed)
    let names = ["person", "a b", "yes", "<&>\"'", "é: #1", "007"]
    var set = Dataset()
    for index in 0..<Int.random(in: 1...6, using: &generator) {
      set.classes.append(Class(id: index * 3 + 1, name: names[index]))
    }
    for index in 0..<Int.random(in: 1...5, using: &generator) {
      let file = ["a/\(index).png", "\(index).png", "b c \(index).x.png"][index % 3]
      let (width, height) = (
        Int.random(in: 1...90, using: &generator), Int.random(in: 1...70, using: &generator)
      )
      let path = folder[file]
      try FileManager.default.createDirectory(
        at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try ApusDatasetsTests.picture(width: width, height: height).write(to: path.path)
      let split = ["train", "val", "test"].randomElement(using: &generator) ?? "train"
      set.pictures.append(
        Picture(
          id: index * 7 + 2, file: file, path: path.path, width: width, height: height,
          splits: [split]))
    }
    for index in 0..<Int.random(in: 0...12, using: &generator) {
      guard let picture = set.pictures.randomElement(using: &generator),
        let kind = set.classes.randomElement(using: &generator)
      else { continue }
      let (width, height) = (Double(picture.width), Double(picture.height))
      let box = PixelBox(
        x: .random(in: -1...width, using: &generator),
        y: .random(in: -1...height, using: &generator),
        width: Bool.random(using: &generator) ? 0 : .random(in: 0...width, using: &generator),
        height: .random(in: 0...height, using: &generator))
      var annotation = Annotation(
        id: index + 10, pictureID: picture.id, classID: kind.id, box: box,
        isCrowd: Bool.random(using: &generator))
      if Bool.random(using: &generator) { annotation.isDifficult = .random(using: &generator) }
      if Bool.random(using: &generator) { annotation.isTruncated = .random(using: &generator) }
      if Bool.random(using: &generator) { annotation.isOccluded = .random(using: &generator) }
      if Bool.random(using: &generator) { annotation.pose = "Left" }
      annotation.area = .random(in: 0...100, using: &generator)
      if Bool.random(using: &generator) {
        annotation.segmentation = .polygons([
          [box.x, box.y, box.x + box.width, box.y, box.x, box.y + box.height]
        ])
      } else if Bool.random(using: &generator) {
        annotation.segmentation = .runs([3, 4, 5], height: picture.height, width: picture.width)
      }
      annotation.fields["note"] = .text("<\(index)>")
      set.annotations.append(annotation)
    }
    return set
  }
}
