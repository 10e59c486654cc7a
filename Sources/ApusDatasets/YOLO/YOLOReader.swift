import Foundation

/// A line of a label file.
struct YOLOLabel {
  /// The number of the class.
  let classID: Int
  /// `x, y, width, height` of the centre form, or the points of a polygon, as fractions.
  let numbers: [Double]

  /// The greatest magnitude of a number: above any size in pixels, which `data check` names as such.
  private static let greatestFraction = 1e6

  /// Reads `class x y width height`, or `class x y x y x y …` with at least three points.
  init(_ text: String, file: String, line: Int) throws(DatasetError) {
    func fault(
      _ expected: String, _ found: String, _ code: DatasetError.Code = .malformed
    ) -> DatasetError {
      DatasetError(
        code, file: file, place: "line \(line)", expected: expected, found: found,
        remedy: "Correct or remove the line.")
    }
    let parts = text.split { $0 == " " || $0 == "\t" }
    guard parts.count == 5 || (parts.count >= 7 && !parts.count.isMultiple(of: 2)) else {
      let hint = parts.count == 6 ? " (a prediction with its score?)" : ""
      throw fault(
        "a class and 4 numbers of a box, or a class and at least 3 points",
        "\(parts.count) values\(hint)")
    }
    guard let id = Double(parts[0]).flatMap({ Int(exactly: $0) }), id >= 0 else {
      throw fault("the number of a class", DatasetError.quote(parts[0]))
    }
    var numbers: [Double] = []
    for part in parts.dropFirst() {
      guard let number = Double(part) else { throw fault("a number", DatasetError.quote(part)) }
      guard number.isFinite else {
        throw fault("a finite number", String(part), .badNumber).about(.nonFiniteBox)
      }
      guard number.magnitude <= Self.greatestFraction else {
        throw fault("a fraction of the picture, from 0 to 1", String(part), .badNumber)
          .about(.nonFiniteBox)
      }
      numbers.append(number)
    }
    if numbers.count == 4, numbers[2] < 0 || numbers[3] < 0 {
      throw fault("a width and height of at least 0", DatasetError.quote(text), .badNumber)
        .about(.negativeBox)
    }
    classID = id
    self.numbers = numbers
  }

  /// The box, and the outline where the line has one, in a picture of a size in pixels.
  func place(
    width: Double, height: Double
  ) -> (box: Dataset.PixelBox, outline: Dataset.Segmentation?) {
    if numbers.count == 4 {
      let box = Dataset.PixelBox(
        x: (numbers[0] - numbers[2] / 2) * width, y: (numbers[1] - numbers[3] / 2) * height,
        width: numbers[2] * width, height: numbers[3] * height)
      return (box, nil)
    }
    let points = numbers.enumerated().map { $1 * ($0.isMultiple(of: 2) ? width : height) }
    let box = Dataset.PixelBox(around: points)
    return (box ?? Dataset.PixelBox(x: 0, y: 0, width: 0, height: 0), .polygons([points]))
  }
}

extension DatasetReading {
  /// Reads a `data.yaml`, or the only YAML file of a folder.
  ///
  /// `path` is relative to the file's folder, which also stands in where that path is missing.
  /// A split is a folder, which is searched in depth, or a list (`.txt`) whose lines are relative
  /// to the root or to the list. A label lies where the last `images` in the picture's path reads
  /// `labels`; a picture without label file, or with an empty one, is background. A line of five
  /// values is a box also where other lines of the file are outlines.
  mutating func readYOLO(_ url: URL, _ files: DatasetFiles) throws(DatasetError) {
    let file = try Self.yaml(url, files)
    let bytes = try files.bytes(of: file, atMost: files.limits.yamlBytes)
    let yaml = try DataYAML(bytes, file: file.path)
    dataset.classes = yaml.classes
    origins.yaml = file.path
    let folder = file.deletingLastPathComponent()
    var root = URL(fileURLWithPath: yaml.path ?? ".", relativeTo: folder).standardizedFileURL
    if !files.exists(root) { root = folder.standardizedFileURL }
    let classIDs = Set(yaml.classes.map(\.id))
    var known: [String: Int] = [:]
    var searched: Set<String> = []
    for (split, places) in yaml.splits {
      for place in places {
        let found = attempt { () throws(DatasetError) in
          try Self.pictures(place, root: root, yaml: file.path, files)
        }
        if let found {
          let place = URL(fileURLWithPath: place, relativeTo: root).standardizedFileURL.path
          origins.splits.append(.init(name: split, file: place, count: found.count))
        }
        for (path, name) in found ?? [] {
          if let index = known[path] {
            if !dataset.pictures[index].splits.contains(split) {
              dataset.pictures[index].splits.append(split)
            }
            continue
          }
          let size = attempt { () throws(DatasetError) in try files.size(of: path) }
          guard let (width, height) = size else { continue }
          known[path] = dataset.pictures.count
          let picture = Dataset.Picture(
            id: dataset.pictures.count + 1, file: name, path: path, width: width, height: height,
            splits: [split])
          dataset.pictures.append(picture)
          readLabels(of: picture, classIDs, files)
        }
        if let found, !place.hasSuffix(".txt") {
          let folder = URL(fileURLWithPath: place, relativeTo: root).standardizedFileURL
          if searched.insert(folder.path).inserted {
            noteOrphans(of: folder, pictures: found.map(\.path), files)
          }
        }
      }
    }
  }

  private mutating func readLabels(
    of picture: Dataset.Picture, _ classIDs: Set<Int>, _ files: DatasetFiles
  ) {
    let label = URL(fileURLWithPath: Self.label(of: picture.path ?? ""))
    guard files.exists(label) else { return }
    let lines = attempt { () throws(DatasetError) in try files.lines(of: label) }
    let file = origins.index(of: label.path)
    origins.labelFiles[picture.id] = file
    if lines?.isEmpty == true { origins.emptyLabels.insert(picture.id) }
    for (number, text) in lines ?? [] {
      let read = attempt { () throws(DatasetError) -> YOLOLabel in
        let line = try YOLOLabel(text, file: label.path, line: number)
        guard classIDs.contains(line.classID) else {
          throw DatasetError(
            .unknownClass, file: label.path, place: "line \(number)",
            expected: "a class of the \(classIDs.count) in data.yaml", found: "\(line.classID)",
            remedy: "Correct the class or add its name to data.yaml.")
        }
        return line
      }
      guard let read else { continue }
      origins.places.append(.init(file: file, number: number))
      let (box, outline) = read.place(width: Double(picture.width), height: Double(picture.height))
      dataset.annotations.append(
        Dataset.Annotation(
          id: dataset.annotations.count + 1, pictureID: picture.id, classID: read.classID, box: box,
          segmentation: outline))
    }
  }

  /// Notes label files below the folder of labels that no picture has.
  private mutating func noteOrphans(of folder: URL, pictures: [String], _ files: DatasetFiles) {
    let probe = Self.label(of: folder.appendingPathComponent("x.jpg").path)
    let labels = URL(fileURLWithPath: probe).deletingLastPathComponent()
    guard labels.path != folder.path else { return }
    let owned = Set(pictures.map(Self.label))
    for name in (try? files.paths(below: labels, endings: ["txt"])) ?? [] {
      let path = labels.appendingPathComponent(name).path
      guard !owned.contains(path), !name.hasSuffix("classes.txt") else { continue }
      note(
        DatasetError(
          .unknownPicture, file: path, expected: "a picture for each label file", found: "none",
          remedy: "Add the picture or remove the label file."
        ).about(.orphan))
    }
  }

  private static func yaml(_ url: URL, _ files: DatasetFiles) throws(DatasetError) -> URL {
    if ["yaml", "yml"].contains(url.pathExtension.lowercased()) { return url }
    let names = try files.names(in: url).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
    guard let name = names.contains("data.yaml") ? "data.yaml" : names.first,
      name == "data.yaml" || names.count == 1
    else {
      throw DatasetError(
        .unreadable, file: url.path, expected: "one data.yaml", found: "\(names.count) YAML files",
        remedy: "Give the YAML file of the data set.")
    }
    return url.appendingPathComponent(name)
  }

  /// The pictures of a folder or a list: paths, and names below the folder of pictures.
  private static func pictures(
    _ place: String, root: URL, yaml: String, _ files: DatasetFiles
  ) throws(DatasetError) -> [(path: String, name: String)] {
    let url = URL(fileURLWithPath: place, relativeTo: root).standardizedFileURL
    guard files.exists(url) else {
      throw DatasetError(
        .unreadable, file: yaml, place: DatasetError.quote(place),
        expected: "a folder or list of pictures", found: "nothing at \(url.path)",
        remedy: "Correct the path, or \"path\", its root."
      ).about(.split)
    }
    guard url.pathExtension.lowercased() == "txt" else {
      return try files.paths(below: url, endings: DatasetFiles.pictureEndings).map {
        (url.appendingPathComponent($0).path, $0)
      }
    }
    let list = url.deletingLastPathComponent()
    return try files.lines(of: url).map { line in
      let below = URL(fileURLWithPath: line.text, relativeTo: root).standardizedFileURL
      let beside = URL(fileURLWithPath: line.text, relativeTo: list).standardizedFileURL
      let path = (files.exists(below) ? below : beside).path
      guard let images = path.range(of: "/images/", options: .backwards) else {
        return (path, (path as NSString).lastPathComponent)
      }
      return (path, String(path[images.upperBound...]))
    }
  }

  /// Where the labels of a picture lie.
  static func label(of picture: String) -> String {
    let stem = (picture as NSString).deletingPathExtension
    guard let images = stem.range(of: "/images/", options: .backwards) else { return stem + ".txt" }
    return stem.replacingCharacters(in: images, with: "/labels/") + ".txt"
  }
}
