import Foundation

extension DatasetReading {
  /// Reads a LabelMe JSON, or all of a folder and those below it.
  ///
  /// A rectangle is a box, a circle (centre and a point of its edge) the box around it, and every
  /// other shape the box around its points; a polygon is kept as outline, and the points of other
  /// shapes as `points` beside their `shape_type`. The flags `difficult`, `truncated`, `occluded`
  /// and `crowd` become members. Classes are numbered as ``readVOC(_:_:_:)`` does.
  mutating func readLabelMe(_ url: URL, _ files: DatasetFiles) throws(DatasetError) {
    let isFile = url.pathExtension.lowercased() == "json"
    let folder = isFile ? url.deletingLastPathComponent() : url
    let paths = isFile ? [url.lastPathComponent] : try files.paths(below: url, endings: ["json"])
    let classes = folder.appendingPathComponent("classes.txt")
    var names = files.exists(classes) ? try files.lines(of: classes).map(\.text) : []
    let isListed = !names.isEmpty
    var shapes: [(pictureID: Int, file: Int, index: Int, shape: JSON)] = []
    for path in paths {
      let file = folder.appendingPathComponent(path)
      let found = attempt { () throws(DatasetError) in
        try LabelMePage(try files.json(file), path, file: file.path, folder: folder, files)
      }
      guard var page = found else { continue }
      page.picture.id = dataset.pictures.count + 1
      dataset.pictures.append(page.picture)
      let origin = origins.index(of: file.path)
      origins.labelFiles[page.picture.id] = origin
      for (index, shape) in page.shapes.enumerated() {
        shapes.append((page.picture.id, origin, index, shape))
      }
    }
    if !isListed {
      names = Set(shapes.compactMap { $0.shape.object?["label"]?.text }).sorted()
    }
    names = names.filter { !$0.isEmpty }
    dataset.classes = names.enumerated().map { Dataset.Class(id: $0, name: $1) }
    let ids = Dictionary(
      names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    for (pictureID, file, index, shape) in shapes {
      let path = origins.files[file]
      let read = attempt { () throws(DatasetError) in
        try LabelMeShape(shape, file: path, path: "$.shapes[\(index)]").annotation(pictureID, ids)
      }
      guard var annotation = read else { continue }
      annotation.id = dataset.annotations.count + 1
      dataset.annotations.append(annotation)
      origins.places.append(.init(file: file, number: index))
    }
  }
}

/// A LabelMe file: a picture and its shapes.
private struct LabelMePage {
  var picture: Dataset.Picture
  let shapes: [JSON]

  init(
    _ json: JSON, _ path: String, file: String, folder: URL, _ files: DatasetFiles
  ) throws(DatasetError) {
    guard var fields = json.object, let shapes = fields.removeValue(forKey: "shapes")?.array else {
      throw DatasetError(
        .malformed, file: file, place: "$.shapes", expected: "a list of shapes",
        found: json.object?["shapes"]?.kind ?? "nothing", remedy: "Give a file of LabelMe.")
    }
    self.shapes = shapes
    let named = fields.removeValue(forKey: "imagePath")?.text ?? ""
    let name = named.split { $0 == "/" || $0 == "\\" }.last.map(String.init)
    let below = (path as NSString).deletingLastPathComponent
    let plain = name ?? ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    let local = below.isEmpty ? plain : "\(below)/\(plain)"
    let written = (below as NSString).appendingPathComponent(
      named.replacingOccurrences(of: "\\", with: "/"))
    let located = files.locate(local, in: [folder]) ?? files.locate(written, in: [folder])
    var width = fields.removeValue(forKey: "imageWidth")?.int ?? 0
    var height = fields.removeValue(forKey: "imageHeight")?.int ?? 0
    if !(1...1_000_000 ~= width && 1...1_000_000 ~= height) {
      guard let located else {
        throw .pictureSize(width, height, file: file, place: "$.imageWidth, $.imageHeight")
      }
      (width, height) = try files.size(of: located)
    }
    fields["imageData"] = nil
    fields["version"] = nil
    var splits: [String] = []
    if let listed = fields["splits"]?.array?.map(\.text), !listed.contains(nil) {
      splits = listed.compactMap { $0 }
      fields["splits"] = nil
    }
    picture = Dataset.Picture(
      id: 0, file: local, path: located, width: width, height: height, splits: splits,
      fields: fields)
  }
}

/// Reads a shape.
private struct LabelMeShape {
  private let shape: JSON
  private let file: String
  private let path: String

  init(_ shape: JSON, file: String, path: String) {
    self.shape = shape
    self.file = file
    self.path = path
  }

  func annotation(
    _ pictureID: Int, _ ids: [String: Int]
  ) throws(DatasetError) -> Dataset.Annotation {
    guard var fields = shape.object else { throw fault("", "an object", shape.kind) }
    let label = fields.removeValue(forKey: "label")
    guard let classID = label?.text.flatMap({ ids[$0] }) else {
      throw fault(".label", "the name of a class", label?.kind ?? "nothing", .unknownClass)
    }
    let points = try points(fields.removeValue(forKey: "points"))
    let type = fields.removeValue(forKey: "shape_type")?.text ?? "polygon"
    guard var box = Dataset.PixelBox(around: points) else {
      throw fault(".points", "at least one point", "none")
    }
    var outline: Dataset.Segmentation?
    switch type {
    case "rectangle":
      guard points.count >= 4 else { throw fault(".points", "two corners", "one") }
    case "polygon": outline = .polygons([points])
    case "circle":
      guard points.count == 4 else { throw fault(".points", "a centre and a point", "another") }
      let (across, down) = (points[2] - points[0], points[3] - points[1])
      let radius = (across * across + down * down).squareRoot()
      box = Dataset.PixelBox(
        x: points[0] - radius, y: points[1] - radius, width: 2 * radius, height: 2 * radius)
      fallthrough
    default:
      fields["shape_type"] = .text(type)
      fields["points"] = .array(points.map(JSON.number))
    }
    try box.check(file: file, place: "\(path).points")
    var flags = fields.removeValue(forKey: "flags")?.object ?? [:]
    func flag(_ name: String) -> Bool? {
      guard case .bool(let value)? = flags[name] else { return nil }
      flags[name] = nil
      return value
    }
    var result = Dataset.Annotation(
      id: 0, pictureID: pictureID, classID: classID, box: box, isCrowd: flag("crowd") ?? false,
      isDifficult: flag("difficult"), isTruncated: flag("truncated"),
      isOccluded: flag("occluded"), segmentation: outline)
    if !flags.isEmpty { fields["flags"] = .object(flags) }
    for key in ["group_id", "mask", "description"]
    where fields[key] == .null || fields[key] == .text("") {
      fields[key] = nil
    }
    if let value = fields["area"]?.double, value.isFinite, value >= 0 {
      result.area = value
      fields["area"] = nil
    }
    if let pose = fields["pose"]?.text {
      result.pose = pose
      fields["pose"] = nil
    }
    result.fields = fields
    return result
  }

  private func points(_ value: JSON?) throws(DatasetError) -> [Double] {
    var points: [Double] = []
    for (index, point) in (value?.array ?? []).enumerated() {
      let pair = point.array?.compactMap(\.double) ?? []
      guard pair.count == 2, point.array?.count == 2, pair.allSatisfy(\.isFinite) else {
        throw fault(".points[\(index)]", "two finite numbers", point.kind, .badNumber)
      }
      points += pair
    }
    return points
  }

  private func fault(
    _ member: String, _ expected: String, _ found: String,
    _ code: DatasetError.Code = .malformed
  ) -> DatasetError {
    DatasetError(
      code, file: file, place: path + member, expected: expected, found: found,
      remedy: "Correct or remove the shape.")
  }
}
