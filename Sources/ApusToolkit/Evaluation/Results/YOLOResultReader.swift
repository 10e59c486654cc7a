import ApusDatasets
import ApusMetrics
import Foundation

/// Reads detections from a folder of YOLO text: a file for each picture, called as the picture, with a line
/// `class x y width height confidence` for each detection, centre and size as shares of the picture's.
struct YOLOResultReader {
  /// The detections, with the ids of the data set.
  private(set) var detections: [COCODetection] = []
  /// How many pictures have no file.
  private(set) var missing = 0

  /// Reads the file of every picture.
  ///
  /// - Throws: `ApusError` naming file and line; also for a file that belongs to no picture.
  init(_ folder: String, on data: EvaluationData) throws(ApusError) {
    let files = try Self.files(in: folder)
    guard !files.isEmpty else {
      throw .failure(
        "'\(folder)': holds no .txt file; give the folder with one for each picture, as apus detect"
          + " --save-txt writes it")
    }
    let names = PictureNames(data.dataset.pictures)
    let pictures = Dictionary(
      data.dataset.pictures.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let classes = data.dataset.classes.map(\.id)
    var seen: [Int: String] = [:]
    for file in files {
      let path = (folder as NSString).appendingPathComponent(file)
      guard let id = names.id(of: PictureNames.withoutEnding(file)), let picture = pictures[id]
      else {
        throw .failure(
          "'\(path)': there is no picture of this name"
            + (data.split.map { " in the split \($0) of" } ?? " in")
            + " '\(data.path)', or more than one; remove the file, or choose another --split")
      }
      if let other = seen.updateValue(file, forKey: id) {
        throw .failure("'\(path)': belongs to the same picture as '\(other)'; remove one of them")
      }
      try read(path, of: picture, classes)
    }
    missing = data.dataset.pictures.count - seen.count
  }

  /// The text files below a folder, in order; `classes.txt`, which label tools write, is none.
  private static func files(in folder: String) throws(ApusError) -> [String] {
    guard let walk = FileManager.default.enumerator(atPath: folder) else {
      throw .failure("'\(folder)': cannot be read; check its permissions")
    }
    return walk.compactMap { $0 as? String }.filter {
      let name = ($0 as NSString).lastPathComponent
      return name.hasSuffix(".txt") && !name.hasPrefix(".") && name != "classes.txt"
    }.sorted()
  }

  private mutating func read(
    _ path: String, of picture: Dataset.Picture, _ classes: [Int]
  ) throws(ApusError) {
    let bytes: [UInt8]
    do {
      bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw .failure("'\(path)': cannot be read: \(FilePath.reason(error))")
    }
    var position = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    var line = 1
    while position < bytes.count {
      let end = bytes[position...].firstIndex(of: 0x0a) ?? bytes.count
      if let numbers = try Self.numbers(bytes, &position, end, "'\(path)', line \(line)") {
        detections.append(
          try Self.detection(numbers, of: picture, classes, "'\(path)', line \(line)"))
      }
      position = end + 1
      line += 1
    }
  }

  /// The numbers of a line; nil for a blank one.
  private static func numbers(
    _ bytes: [UInt8], _ position: inout Int, _ end: Int, _ place: @autoclosure () -> String
  ) throws(ApusError) -> [Double]? {
    var numbers: [Double] = []
    while true {
      while position < end,
        bytes[position] == 0x20 || bytes[position] == 0x09 || bytes[position] == 0x0d
      {
        position += 1
      }
      guard position < end else { return numbers.isEmpty ? nil : numbers }
      let start = position
      let scan = DecimalNumber.scan(bytes, at: &position)
      let isEnded = position == end || [0x20, 0x09, 0x0d].contains(bytes[position])
      switch scan {
      case .integer(let value) where isEnded: numbers.append(Double(value))
      case .number(let value) where isEnded && value.isFinite: numbers.append(value)
      default:
        let word = String(decoding: bytes[start..<end].prefix(24), as: UTF8.self)
        throw .failure(
          "\(place()): expected finite numbers 'class x y width height confidence', found \"\(word)\";"
            + " write the file again with the tool it came from")
      }
    }
  }

  private static func detection(
    _ numbers: [Double], of picture: Dataset.Picture, _ classes: [Int],
    _ place: @autoclosure () -> String
  ) throws(ApusError) -> COCODetection {
    guard numbers.count == 6 else {
      throw .failure(
        "\(place()): has \(numbers.count) numbers, expected 6: class x y width height confidence"
          + (numbers.count == 5 ? "; write the confidences too (yolov5: --save-conf)" : ""))
    }
    guard let position = Int(exactly: numbers[0]), classes.indices.contains(position) else {
      throw .failure(
        "\(place()): class \(numbers[0]) is none of the data set's, which are 0 to \(classes.count - 1)"
      )
    }
    guard numbers[1...4].allSatisfy({ abs($0) <= 2 }), numbers[3] >= 0, numbers[4] >= 0 else {
      throw .failure(
        "\(place()): the box is \(numbers[1...4].map { "\($0)" }.joined(separator: " ")), expected centre"
          + " and size as shares of the picture's, from 0 to 1")
    }
    let (width, height) = (Double(picture.width), Double(picture.height))
    return COCODetection(
      imageID: picture.id, categoryID: classes[position],
      x: (numbers[1] - numbers[3] / 2) * width, y: (numbers[2] - numbers[4] / 2) * height,
      width: numbers[3] * width, height: numbers[4] * height, score: numbers[5])
  }
}
