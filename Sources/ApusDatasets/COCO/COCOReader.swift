import Foundation

extension DatasetReading {
  /// Reads a COCO JSON, or every `instances_*.json` of a folder or of its `annotations`.
  ///
  /// The split is what follows "instances_" in a folder's files. Where files of a folder use the
  /// same ids, those of the later file are shifted. Annotations without an id get the next free
  /// ones. Without a box, that of the polygons is taken.
  mutating func readCOCO(_ url: URL, _ files: DatasetFiles) throws(DatasetError) {
    if url.pathExtension.lowercased() == "json" {
      dataset = try coco(url, split: nil, files)
      noteOrigin(of: dataset.pictures, url.path)
      return
    }
    let inner = url.appendingPathComponent("annotations")
    let folder = files.exists(inner) ? inner : url
    let names = try files.names(in: folder).filter { $0.hasSuffix(".json") }
    let instances = names.filter { $0.hasPrefix("instances_") }
    guard !names.isEmpty else {
      throw DatasetError(
        .unreadable, file: folder.path, expected: "instances_<split>.json", found: "no JSON file",
        remedy: "Give the JSON file, or the folder that has \"annotations\".")
    }
    for name in instances.isEmpty ? names : instances {
      let stem = name.dropLast(5)
      let split = stem.hasPrefix("instances_") ? String(stem.dropFirst(10)) : String(stem)
      let file = folder.appendingPathComponent(name)
      merge(try coco(file, split: split == "all" ? nil : split, files), file: file.path)
    }
  }

  private mutating func merge(_ other: Dataset, file: String) {
    guard !dataset.pictures.isEmpty || !dataset.classes.isEmpty else {
      dataset = other
      return noteOrigin(of: other.pictures, file)
    }
    guard other.classes.map(\.id) == dataset.classes.map(\.id),
      other.classes.map(\.name) == dataset.classes.map(\.name)
    else {
      origins.places.removeLast(min(other.annotations.count, origins.places.count))
      return note(
        DatasetError(
          .unknownClass, file: file, place: "$.categories",
          expected: "the categories of the other files", found: "different ones",
          remedy: "Read the files one by one, or give them the same categories."))
    }
    var other = other
    let pictureIDs = Set(dataset.pictures.map(\.id))
    if other.pictures.contains(where: { pictureIDs.contains($0.id) }) {
      let shift = (pictureIDs.max() ?? 0) &- (other.pictures.map(\.id).min() ?? 0) &+ 1
      for index in other.pictures.indices { other.pictures[index].id &+= shift }
      for index in other.annotations.indices { other.annotations[index].pictureID &+= shift }
    }
    let ids = Set(dataset.annotations.map(\.id))
    if other.annotations.contains(where: { ids.contains($0.id) }) {
      let shift = (ids.max() ?? 0) &- (other.annotations.map(\.id).min() ?? 0) &+ 1
      for index in other.annotations.indices { other.annotations[index].id &+= shift }
    }
    dataset.pictures += other.pictures
    dataset.annotations += other.annotations
    noteOrigin(of: other.pictures, file)
  }

  private mutating func noteOrigin(of pictures: [Dataset.Picture], _ file: String) {
    let index = origins.index(of: file)
    for picture in pictures { origins.labelFiles[picture.id] = index }
  }

  private mutating func coco(
    _ url: URL, split: String?, _ files: DatasetFiles
  ) throws(DatasetError) -> Dataset {
    let reader = COCOParts(file: url.path)
    guard case .object(var top) = try files.json(url) else {
      throw reader.fault("$", "an object with images, annotations and categories", "another value")
    }
    let images = try reader.list(top.removeValue(forKey: "images"), "images")
    let annotations = try reader.list(top.removeValue(forKey: "annotations"), "annotations")
    let categories = try reader.list(top.removeValue(forKey: "categories"), "categories")
    var result = Dataset(fields: top)
    let file = origins.index(of: url.path)
    origins.splits.append(.init(name: split ?? "all", file: url.path, count: images.count))

    var classIDs: Set<Int> = []
    for (index, value) in categories.enumerated() {
      guard let kind = attempt({ () throws(DatasetError) in try reader.category(value, index) })
      else { continue }
      guard classIDs.insert(kind.id).inserted else {
        note(reader.duplicate("$.categories[\(index)].id", kind.id))
        continue
      }
      result.classes.append(kind)
    }
    let folders = Self.pictureFolders(of: url, split: split)
    var pictureIDs: Set<Int> = []
    var faultyIDs: Set<Int> = []
    for (index, value) in images.enumerated() {
      guard
        var picture = attempt({ () throws(DatasetError) in try reader.image(value, index, split) })
      else {
        if let id = value.object?["id"]?.int { faultyIDs.insert(id) }
        continue
      }
      guard pictureIDs.insert(picture.id).inserted else {
        note(reader.duplicate("$.images[\(index)].id", picture.id))
        continue
      }
      picture.path = files.locate(picture.file, in: folders)
      result.pictures.append(picture)
    }
    var ids: Set<Int> = []
    var unnumbered: [Int] = []
    for (index, value) in annotations.enumerated() {
      if let id = value.object?["image_id"]?.int, faultyIDs.contains(id), !pictureIDs.contains(id) {
        note(reader.unknownPicture("$.annotations[\(index)]", id).about(.follows))
        continue
      }
      let found = attempt { () throws(DatasetError) in
        try reader.annotation(value, index, pictures: pictureIDs, classes: classIDs)
      }
      guard let (annotation, hasID) = found else { continue }
      if hasID {
        guard ids.insert(annotation.id).inserted else {
          note(reader.duplicate("$.annotations[\(index)].id", annotation.id))
          continue
        }
      } else {
        unnumbered.append(result.annotations.count)
      }
      result.annotations.append(annotation)
      origins.places.append(.init(file: file, number: index))
    }
    var next = max(0, ids.max() ?? 0)
    for index in unnumbered {
      next &+= 1
      result.annotations[index].id = next
    }
    return result
  }

  /// Where the pictures of a COCO file may lie.
  private static func pictureFolders(of url: URL, split: String?) -> [URL] {
    let folder = url.deletingLastPathComponent()
    let stem = url.deletingPathExtension().lastPathComponent
    let split = split ?? (stem.hasPrefix("instances_") ? String(stem.dropFirst(10)) : stem)
    return [folder, folder.deletingLastPathComponent()].flatMap { base in
      [
        base.appendingPathComponent("images/\(split)"), base.appendingPathComponent("images"),
        base.appendingPathComponent(split), base,
      ]
    }
  }
}
