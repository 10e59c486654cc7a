import ApusDatasets
import ApusMetrics

/// Which picture of the data set a result file means by `image_id`.
public enum PictureNumbering: String, Sendable, CaseIterable {
  /// Ids of the data set where all are, else file names; an error where both hold and differ.
  case automatic = "auto"
  /// Ids of the data set.
  case ids = "id"
  /// The number in the file's name: 139 is 000000000139.jpg. YOLOv5's `val.py` and `apus detect` write these.
  case names = "name"
}

/// Which class of the data set a result file means by `category_id`.
public enum CategoryNumbering: String, Sendable, CaseIterable {
  /// Ids of the data set where all are, else positions where all are.
  case automatic = "auto"
  /// Ids of the data set.
  case ids = "id"
  /// Positions of the classes in the data set, from 0.
  case positions = "index"
  /// COCO's ids 1 to 90 of the 80 classes, which the data set has in the same order.
  case coco
}

/// Finds the pictures and classes of a data set that a result file means.
struct ResultNumbering {
  let data: EvaluationData
  /// The result file.
  let path: String
  /// What was decided, where a reader could wonder.
  private(set) var notes: [String] = []

  init(_ data: EvaluationData, path: String) {
    self.data = data
    self.path = path
  }

  private var dataName: String {
    "the data set '\(data.path)'" + (data.split.map { " (split \($0))" } ?? "")
  }

  /// The id of the data set for every class number.
  mutating func categories(
    _ found: [Int: Int], _ numbering: CategoryNumbering
  ) throws(ApusError) -> [Int: Int] {
    let classes = data.dataset.classes
    let ids = Dictionary(classes.map { ($0.id, $0.id) }, uniquingKeysWith: { first, _ in first })
    let positions = Dictionary(
      uniqueKeysWithValues: classes.enumerated().map { ($0.offset, $0.element.id) })
    let table: [Int: Int]
    switch numbering {
    case .ids: table = ids
    case .positions: table = positions
    case .coco:
      guard classes.count == CocoResult.coco80Categories.count else {
        throw .usage(
          "--category-ids coco is for the 80 classes of COCO, but \(dataName) has \(classes.count);"
            + " choose id or index")
      }
      table = Dictionary(
        uniqueKeysWithValues: zip(CocoResult.coco80Categories, classes.map(\.id)))
    case .automatic:
      let areIDs = found.keys.allSatisfy { ids[$0] != nil }
      if !areIDs, found.keys.allSatisfy({ positions[$0] != nil }) {
        notes.append(
          "the categories of '\(path)' are not all ids of the data set, but all are positions of its"
            + " classes, and were taken as such")
        table = positions
      } else {
        table = ids
      }
    }
    if let (number, entry) = found.filter({ table[$0.key] == nil }).min(by: { $0.value < $1.value })
    {
      let known = table.keys.sorted()
      let listed =
        known.count > 12
        ? "\(known[0]) to \(known[known.count - 1])"
        : known.map(String.init).joined(separator: ", ")
      throw .failure(
        "'\(path)', entry \(entry): there is no category \(number) in \(dataName), whose"
          + " \(numbering == .positions ? "positions" : "categories") are \(listed); if the file numbers"
          + " classes otherwise, say how with --category-ids")
    }
    return table
  }

  /// The id of the data set for every picture of the results, in their order.
  mutating func pictures(
    _ found: [(key: COCOResultReader.PictureKey, entry: Int)], _ numbering: PictureNumbering
  ) throws(ApusError) -> [Int] {
    let known = Set(data.dataset.pictures.map(\.id))
    let names = PictureNames(data.dataset.pictures)
    let numbers: [Int] = found.compactMap {
      if case .number(let number) = $0.key { number } else { nil }
    }
    let byName = try usesNames(numbers, known, names, numbering)
    var ids: [Int] = []
    ids.reserveCapacity(found.count)
    for (key, entry) in found {
      let id: Int?
      let text: String
      switch key {
      case .number(let number):
        id = byName ? names.id(ofNumber: number) : known.contains(number) ? number : nil
        text = "\(number)"
      case .name(let name):
        id = names.id(of: name)
        text = "\"\(name)\""
      }
      guard let id else {
        throw .failure(
          "'\(path)', entry \(entry): image \(text) is no picture of \(dataName), or of more than one;"
            + " take the detections of these pictures alone, or choose another --split, --limit or --image-ids"
        )
      }
      ids.append(id)
    }
    return ids
  }

  /// Whether numbers stand for file names.
  private mutating func usesNames(
    _ numbers: [Int], _ known: Set<Int>, _ names: PictureNames, _ numbering: PictureNumbering
  ) throws(ApusError) -> Bool {
    guard numbering == .automatic else { return numbering == .names }
    let areIDs = numbers.allSatisfy(known.contains)
    guard numbers.allSatisfy({ names.id(ofNumber: $0) != nil }) else { return false }
    guard areIDs else {
      notes.append(
        "the images of '\(path)' are not all ids of the data set, but all are numbers in the names of its"
          + " pictures, and were taken as such")
      return true
    }
    if let other = numbers.first(where: { names.id(ofNumber: $0) != $0 }) {
      throw .usage(
        "'\(path)': image \(other) is the id of one picture of \(dataName), and the number in the name of"
          + " another; say which is meant with --image-ids id or --image-ids name")
    }
    return false
  }
}

/// The pictures of a data set by their names.
struct PictureNames {
  private var byName: [String: Int?] = [:]
  private var byNumber: [Int: Int?] = [:]

  /// Names with and without folders and ending; one that two pictures share means neither.
  init(_ pictures: [Dataset.Picture]) {
    for picture in pictures {
      let file = picture.file
      let path = Self.withoutEnding(file)
      let last = file.split(separator: "/").last.map(String.init) ?? file
      let stem = Self.withoutEnding(last)
      for name in Set([file, path, last, stem]) {
        byName[name] = .some(byName[name] == nil ? picture.id : nil)
      }
      if let number = Int(stem) {
        byNumber[number] = .some(byNumber[number] == nil ? picture.id : nil)
      }
    }
  }

  func id(of name: String) -> Int? { byName[name] ?? nil }

  func id(ofNumber number: Int) -> Int? { byNumber[number] ?? nil }

  /// A path without the ending of its last part.
  static func withoutEnding(_ path: String) -> String {
    guard let point = path.lastIndex(of: "."), point > path.startIndex,
      path[path.index(before: point)] != "/", !path[point...].contains("/")
    else { return path }
    return String(path[..<point])
  }
}
