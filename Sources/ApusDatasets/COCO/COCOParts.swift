/// Reads the members of a COCO file, naming the JSON path of what is wrong.
struct COCOParts {
  /// The file, for errors.
  let file: String

  func fault(
    _ path: String, _ expected: String, _ found: String, _ code: DatasetError.Code = .malformed
  ) -> DatasetError {
    DatasetError(
      code, file: file, place: path, expected: expected, found: found,
      remedy: "Correct the member or remove the object that has it.")
  }

  func duplicate(_ path: String, _ id: Int) -> DatasetError {
    fault(path, "an id of its own", "\(id) again", .duplicate).about(.identifier)
  }

  func unknownPicture(_ path: String, _ id: Int) -> DatasetError {
    fault("\(path).image_id", "the id of a picture", "\(id)", .unknownPicture)
  }

  func list(_ value: JSON?, _ key: String) throws(DatasetError) -> [JSON] {
    guard let list = value?.array else {
      throw fault("$.\(key)", "a list", value?.kind ?? "nothing")
    }
    return list
  }

  func category(_ value: JSON, _ index: Int) throws(DatasetError) -> Dataset.Class {
    let path = "$.categories[\(index)]"
    var fields = try object(value, path)
    return Dataset.Class(
      id: try integer(&fields, "id", path), name: try text(&fields, "name", path), fields: fields)
  }

  func image(
    _ value: JSON, _ index: Int, _ split: String?
  ) throws(DatasetError) -> Dataset.Picture {
    let path = "$.images[\(index)]"
    var fields = try object(value, path)
    let id = try integer(&fields, "id", path)
    let name = try text(&fields, "file_name", path)
    let (width, height) = (
      try integer(&fields, "width", path), try integer(&fields, "height", path)
    )
    guard 1...1_000_000 ~= width, 1...1_000_000 ~= height else {
      throw .pictureSize(width, height, file: file, place: path)
    }
    var splits = split.map { [$0] } ?? []
    if let listed = fields["splits"]?.array?.map(\.text), !listed.contains(nil) {
      splits = listed.compactMap { $0 }
      fields["splits"] = nil
    }
    return Dataset.Picture(
      id: id, file: name, width: width, height: height, splits: splits, fields: fields)
  }

  /// An annotation, and whether it has an id of its own.
  func annotation(
    _ value: JSON, _ index: Int, pictures: Set<Int>, classes: Set<Int>
  ) throws(DatasetError) -> (Dataset.Annotation, hasID: Bool) {
    let path = "$.annotations[\(index)]"
    var fields = try object(value, path)
    let hasID = fields["id"] != nil && fields["id"] != .null
    let id = hasID ? try integer(&fields, "id", path) : 0
    fields["id"] = nil
    let pictureID = try integer(&fields, "image_id", path)
    guard pictures.contains(pictureID) else {
      throw unknownPicture(path, pictureID)
    }
    let classID = try integer(&fields, "category_id", path)
    guard classes.contains(classID) else {
      throw fault("\(path).category_id", "the id of a category", "\(classID)", .unknownClass)
    }
    let outline = try segmentation(fields.removeValue(forKey: "segmentation"), path)
    let box: Dataset.PixelBox
    if let value = fields.removeValue(forKey: "bbox"), value != .null {
      let numbers = try numbers(value, "\(path).bbox")
      guard numbers.count == 4 else {
        throw fault("\(path).bbox", "[x, y, width, height]", value.kind)
      }
      box = Dataset.PixelBox(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    } else if case .polygons(let polygons) = outline,
      let around = Dataset.PixelBox(around: polygons.flatMap { $0 })
    {
      box = around
    } else {
      throw fault("\(path).bbox", "[x, y, width, height]", "nothing")
    }
    try box.check(file: file, place: "\(path).bbox")
    var result = Dataset.Annotation(
      id: id, pictureID: pictureID, classID: classID, box: box, segmentation: outline)
    if let value = fields.removeValue(forKey: "area"), value != .null {
      guard let area = value.double, area.isFinite, area >= 0 else {
        throw fault("\(path).area", "a finite number of at least 0", value.kind, .badNumber)
      }
      result.area = area
    }
    result.isCrowd = try truth(&fields, "iscrowd", path) ?? false
    result.isDifficult = try truth(&fields, "difficult", path)
    result.isTruncated = try truth(&fields, "truncated", path)
    result.isOccluded = try truth(&fields, "occluded", path)
    if let pose = fields["pose"]?.text {
      result.pose = pose
      fields["pose"] = nil
    }
    result.fields = fields
    return (result, hasID)
  }

  private func segmentation(
    _ value: JSON?, _ path: String
  ) throws(DatasetError) -> Dataset.Segmentation? {
    let path = "\(path).segmentation"
    switch value {
    case nil, .null: return nil
    case .array(let list):
      if list.isEmpty { return nil }
      var polygons: [[Double]] = []
      for (index, polygon) in list.enumerated() {
        let place = "\(path)[\(index)]"
        let numbers = try numbers(polygon, place)
        guard numbers.count >= 2, numbers.count.isMultiple(of: 2), numbers.allSatisfy(\.isFinite)
        else { throw fault(place, "pairs of finite numbers", polygon.kind, .badNumber) }
        polygons.append(numbers)
      }
      return .polygons(polygons)
    case .object(let mask):
      guard let size = mask["size"]?.array, size.count == 2, let height = size[0].int,
        let width = size[1].int, height >= 0, width >= 0
      else { throw fault("\(path).size", "[height, width]", mask["size"]?.kind ?? "nothing") }
      switch mask["counts"] {
      case .text(let packed): return .packedRuns(packed, height: height, width: width)
      case .array(let list):
        let runs = list.compactMap(\.int)
        guard runs.count == list.count, runs.allSatisfy({ $0 >= 0 }) else {
          throw fault("\(path).counts", "whole numbers of at least 0", "another", .badNumber)
        }
        return .runs(runs, height: height, width: width)
      case let other:
        throw fault("\(path).counts", "a list or text", other?.kind ?? "nothing")
      }
    case let other?: throw fault(path, "polygons or a run-length mask", other.kind)
    }
  }

  private func object(_ value: JSON, _ path: String) throws(DatasetError) -> [String: JSON] {
    guard let object = value.object else { throw fault(path, "an object", value.kind) }
    return object
  }

  private func integer(
    _ fields: inout [String: JSON], _ key: String, _ path: String
  ) throws(DatasetError) -> Int {
    let value = fields.removeValue(forKey: key)
    guard let number = value?.int, number.magnitude <= 1 << 53 else {
      throw fault("\(path).\(key)", "a whole number", value?.kind ?? "nothing")
    }
    return number
  }

  private func text(
    _ fields: inout [String: JSON], _ key: String, _ path: String
  ) throws(DatasetError) -> String {
    let value = fields.removeValue(forKey: key)
    guard let text = value?.text, !text.isEmpty else {
      throw fault("\(path).\(key)", "a text", value?.kind ?? "nothing")
    }
    return text
  }

  private func truth(
    _ fields: inout [String: JSON], _ key: String, _ path: String
  ) throws(DatasetError) -> Bool? {
    guard let value = fields.removeValue(forKey: key), value != .null else { return nil }
    guard let truth = value.truth else { throw fault("\(path).\(key)", "0 or 1", value.kind) }
    return truth
  }

  private func numbers(_ value: JSON, _ path: String) throws(DatasetError) -> [Double] {
    guard let list = value.array else { throw fault(path, "a list of numbers", value.kind) }
    let numbers = list.compactMap(\.double)
    guard numbers.count == list.count else {
      throw fault(path, "a list of numbers", "others in it")
    }
    return numbers
  }
}
