import Foundation

extension DatasetReading {
  /// Reads VOC: a folder with `Annotations` (or with XML files itself), or one XML file.
  ///
  /// Corners are turned into edges as ``VOCCorners`` says. Classes are numbered from 0 in the order
  /// of `classes.txt` where there is one, else by name. A picture without a size in its XML is
  /// looked at. Lists are read from `ImageSets/Main`; those with a second column say which class
  /// is in a picture, and are passed over.
  mutating func readVOC(
    _ url: URL, _ files: DatasetFiles, _ corners: VOCCorners
  ) throws(DatasetError) {
    let inner = url.appendingPathComponent("Annotations")
    let isFile = url.pathExtension.lowercased() == "xml"
    let folder = isFile ? url.deletingLastPathComponent() : files.exists(inner) ? inner : url
    let root =
      folder.lastPathComponent == "Annotations" ? folder.deletingLastPathComponent() : folder
    let paths =
      isFile ? [url.lastPathComponent] : try files.paths(below: folder, endings: ["xml"])
    let classes = root.appendingPathComponent("classes.txt")
    var names = files.exists(classes) ? try files.lines(of: classes).map(\.text) : []
    let isListed = !names.isEmpty
    var objects: [(pictureID: Int, file: Int, element: XMLElement)] = []
    var stems: [String: Int] = [:]
    for path in paths {
      let file = folder.appendingPathComponent(path)
      let found = attempt { () throws(DatasetError) in
        let bytes = try files.bytes(of: file, atMost: files.limits.textBytes)
        let tree = try XMLElement.read(bytes, file: file.path, depth: files.limits.depth)
        return (tree, try Self.picture(tree, path, file: file.path, root: root, files))
      }
      guard let (tree, read) = found else { continue }
      var picture = read
      picture.id = dataset.pictures.count + 1
      stems[(path as NSString).deletingPathExtension] = dataset.pictures.count
      dataset.pictures.append(picture)
      let origin = origins.index(of: file.path)
      origins.labelFiles[picture.id] = origin
      objects += tree.children.filter { $0.name == "object" }.map { (picture.id, origin, $0) }
    }
    if !isListed { names = Set(objects.compactMap { $0.element["name"]?.text }).sorted() }
    names = names.filter { !$0.isEmpty }
    dataset.classes = names.enumerated().map { Dataset.Class(id: $0, name: $1) }
    let ids = Dictionary(
      names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    for (pictureID, file, element) in objects {
      let path = origins.files[file]
      let read = attempt { () throws(DatasetError) in
        try VOCObject(element, file: path, corners).annotation(pictureID, ids)
      }
      guard var annotation = read else { continue }
      annotation.id = dataset.annotations.count + 1
      dataset.annotations.append(annotation)
      origins.places.append(.init(file: file, number: element["bndbox"]?.line ?? element.line))
    }
    if !isFile { try readLists(root.appendingPathComponent("ImageSets/Main"), stems, files) }
  }

  private mutating func readLists(
    _ folder: URL, _ stems: [String: Int], _ files: DatasetFiles
  ) throws(DatasetError) {
    guard files.exists(folder) else { return }
    for name in try files.names(in: folder) where name.hasSuffix(".txt") {
      let file = folder.appendingPathComponent(name)
      let lines = attempt { () throws(DatasetError) in try files.lines(of: file) } ?? []
      if lines.contains(where: { $0.text.contains(" ") && stems[$0.text] == nil }) { continue }
      let split = String(name.dropLast(4))
      origins.splits.append(.init(name: split, file: file.path, count: lines.count))
      for (number, text) in lines {
        if let index = stems[text] {
          if !dataset.pictures[index].splits.contains(split) {
            dataset.pictures[index].splits.append(split)
          }
        } else {
          note(
            DatasetError(
              .unknownPicture, file: file.path, place: "line \(number)",
              expected: "the name of a readable file in Annotations",
              found: DatasetError.quote(text), remedy: "Correct the list or add the annotations."
            ).about(.listEntry))
        }
      }
    }
  }

  private static func picture(
    _ tree: XMLElement, _ path: String, file: String, root: URL, _ files: DatasetFiles
  ) throws(DatasetError) -> Dataset.Picture {
    guard tree.name == "annotation" else {
      throw DatasetError(
        .malformed, file: file, place: "line \(tree.line)", expected: "<annotation>",
        found: "<\(tree.name.prefix(60))>", remedy: "Give VOC's annotations.")
    }
    let stem = (path as NSString).deletingPathExtension
    let folder = (path as NSString).deletingLastPathComponent
    let named = (tree["filename"]?.text ?? "").replacingOccurrences(of: "\\", with: "/")
    let name = (named as NSString).lastPathComponent
    let candidates =
      (name.isEmpty ? [] : [folder.isEmpty ? name : "\(folder)/\(name)"])
      + DatasetFiles.pictureEndings.sorted().map { "\(stem).\($0)" }
    let folders = [
      root.appendingPathComponent("JPEGImages"), root.appendingPathComponent("images"), root,
    ]
    let here = candidates.first { files.locate($0, in: folders) != nil }
    let located = here.flatMap { files.locate($0, in: folders) }
    var fields = XMLElement.json(
      of: tree.children.filter { !["object", "size", "filename"].contains($0.name) })
    var (width, height) = (0, 0)
    if let size = tree["size"] {
      width = size["width"].flatMap { Double($0.text) }.flatMap { Int(exactly: $0) } ?? 0
      height = size["height"].flatMap { Double($0.text) }.flatMap { Int(exactly: $0) } ?? 0
      if let depth = size["depth"] { fields["depth"] = depth.json }
    }
    if !(1...1_000_000 ~= width && 1...1_000_000 ~= height) {
      guard let located else {
        throw .pictureSize(width, height, file: file, place: "line \(tree["size"]?.line ?? 1)")
      }
      (width, height) = try files.size(of: located)
    }
    let picture = here ?? candidates.first ?? "\(stem).jpg"
    return Dataset.Picture(
      id: 0, file: picture, path: located, width: width, height: height, fields: fields)
  }
}

/// Reads an `<object>`.
private struct VOCObject {
  private let element: XMLElement
  private let file: String
  private let corners: VOCCorners

  init(_ element: XMLElement, file: String, _ corners: VOCCorners) {
    self.element = element
    self.file = file
    self.corners = corners
  }

  func annotation(
    _ pictureID: Int, _ ids: [String: Int]
  ) throws(DatasetError) -> Dataset.Annotation {
    guard let name = element["name"]?.text, let classID = ids[name] else {
      let found = element["name"]?.text ?? ""
      throw fault(
        element["name"], "<name> of a class", found.isEmpty ? "none" : DatasetError.quote(found),
        .unknownClass)
    }
    guard let corner = element["bndbox"] else { throw fault(nil, "a <bndbox>", "none") }
    let (left, top) = (try number(corner, "xmin"), try number(corner, "ymin"))
    let (right, bottom) = (try number(corner, "xmax"), try number(corner, "ymax"))
    let first: Double = corners == .fromOne ? 1 : 0
    var box = Dataset.PixelBox(
      x: left - first, y: top - first, width: right - left + first, height: bottom - top + first)
    // A side of 0 in fractions of a pixel can come out of the corners negative by their rounding.
    if -1e-6..<0 ~= box.width { box.width = 0 }
    if -1e-6..<0 ~= box.height { box.height = 0 }
    try box.check(file: file, place: "line \(corner.line)")
    var fields = XMLElement.json(
      of: element.children.filter { !Self.known.contains($0.name) })
    let area = fields.removeValue(forKey: "area")?.double.flatMap { $0 >= 0 ? $0 : nil }
    return Dataset.Annotation(
      id: 0, pictureID: pictureID, classID: classID, box: box, area: area,
      isCrowd: try truth("iscrowd") ?? false, isDifficult: try truth("difficult"),
      isTruncated: try truth("truncated"), isOccluded: try truth("occluded"),
      pose: element["pose"]?.text, fields: fields)
  }

  private static let known: Set<String> = [
    "name", "bndbox", "iscrowd", "difficult", "truncated", "occluded", "pose",
  ]

  private func number(_ corner: XMLElement, _ name: String) throws(DatasetError) -> Double {
    guard let text = corner[name]?.text, let number = Double(text) else {
      throw fault(
        corner, "a number in <\(name)>", corner[name].map { DatasetError.quote($0.text) } ?? "none")
    }
    guard number.isFinite else {
      throw fault(corner[name], "a finite number in <\(name)>", "\(number)", .badNumber)
        .about(.nonFiniteBox)
    }
    return number
  }

  private func truth(_ name: String) throws(DatasetError) -> Bool? {
    guard let child = element[name], !child.text.isEmpty else { return nil }
    guard child.text == "0" || child.text == "1" else {
      throw fault(child, "0 or 1 in <\(name)>", DatasetError.quote(child.text))
    }
    return child.text == "1"
  }

  private func fault(
    _ place: XMLElement?, _ expected: String, _ found: String,
    _ code: DatasetError.Code = .malformed
  ) -> DatasetError {
    DatasetError(
      code, file: file, place: "line \((place ?? element).line)", expected: expected, found: found,
      remedy: "Correct or remove the object.")
  }
}
