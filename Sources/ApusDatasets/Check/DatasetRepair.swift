import ApusImage
public import Foundation

extension DatasetCheck {
  /// Refuses an output that lies in the folder of the data set, or is that folder, or is there already.
  public static func checkOutput(_ output: URL, of dataset: URL) throws(DatasetError) {
    func canonical(_ url: URL) -> String { url.standardizedFileURL.resolvingSymlinksInPath().path }
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: dataset.path, isDirectory: &isFolder)
    let folder = exists && isFolder.boolValue ? dataset : dataset.deletingLastPathComponent()
    // The output is not there yet, so only what is above it can be a link.
    let above = canonical(output.standardizedFileURL.deletingLastPathComponent())
    let root = canonical(folder)
    guard above != root, !above.hasPrefix(root == "/" ? root : root + "/"),
      canonical(output) != root
    else {
      throw DatasetError(
        .unwritable, file: output.path, expected: "an output outside of the data set",
        found: "a path in \(folder.path)",
        remedy: "Choose a folder elsewhere: a data set is never repaired in place.")
    }
    guard !FileManager.default.fileExists(atPath: output.path) else {
      throw DatasetError(
        .unwritable, file: output.path, expected: "a path where nothing is yet",
        found: "a file or folder", remedy: "Choose another output, or move that one away.")
    }
    guard output.pathExtension.lowercased() != "json" else {
      throw DatasetError(
        .unwritable, file: output.path, expected: "a folder for pictures and labels",
        found: "the name of a JSON file", remedy: "Name a folder.")
    }
  }

  /// Writes a repaired copy of the data set to a new folder; the data set itself is not touched.
  ///
  /// The files of pictures are copied as they are, EXIF orientation too; labels are put right for
  /// the upright picture.
  ///
  /// - Parameter format: The format of the copy; nil for that of the data set.
  public func repair(
    to output: URL, as format: DatasetFormat? = nil
  ) throws(DatasetError) -> RepairReport {
    try Self.checkOutput(output, of: URL(fileURLWithPath: report.path))
    let format = format ?? reading.origins.format
    var repair = DatasetRepair(self, RepairReport(path: output.path, format: format.rawValue))
    let dataset = repair.repaired()
    var writing = DatasetWriting()
    writing.corners = reading.origins.corners
    writing.writesOutlines =
      format == .yolo && reading.origins.format == .yolo
      && dataset.annotations.contains { $0.segmentation != nil }
    try dataset.write(as: format, to: output, writing)
    return repair.report
  }
}

/// Makes a repaired data set of a checked one.
struct DatasetRepair {
  private(set) var report: RepairReport
  private let check: DatasetCheck
  private var reading: DatasetReading { check.reading }

  init(_ check: DatasetCheck, _ report: RepairReport) {
    self.check = check
    self.report = report
  }

  /// The repaired data set.
  mutating func repaired() -> Dataset {
    addFaults()
    var dataset = reading.dataset
    let classes = mergedClasses(of: &dataset)
    let pictures = keptPictures(dataset.pictures)
    var annotations: [Int: [(annotation: Dataset.Annotation, index: Int)]] = [:]
    for (index, annotation) in dataset.annotations.enumerated() {
      var annotation = annotation
      annotation.classID = classes[annotation.classID] ?? annotation.classID
      annotations[annotation.pictureID, default: []].append((annotation, index))
    }
    var kept: [(annotation: Dataset.Annotation, index: Int)] = []
    dataset.pictures = []
    for var picture in pictures {
      let boxes = BoxRepair(picture, check.outcomes.facts(of: picture))
      let own = annotations[picture.id] ?? []
      addSize(picture, boxes, own.map(\.annotation.box))
      (picture.width, picture.height) = (boxes.width, boxes.height)
      dataset.pictures.append(picture)
      kept += repaired(own, boxes)
    }
    dataset.annotations = kept.sorted { $0.index < $1.index }.map(\.annotation)
    rename(&dataset.pictures)
    (report.pictures, report.labels) = (dataset.pictures.count, dataset.annotations.count)
    return dataset
  }

  private mutating func addFaults() {
    for fault in reading.faults {
      let isFile = fault.place.isEmpty || fault.subject == .pictureFile
      report.add(
        isFile ? .leftOutFile : .leftOutLabel, fault.file, fault.place,
        "\(fault.found) instead of \(fault.expected)")
    }
    report.unlisted = reading.faultCount - reading.faults.count
  }

  /// Keeps the first class of each name; answers what became of the ids of the others.
  private mutating func mergedClasses(of dataset: inout Dataset) -> [Int: Int] {
    var firsts: [String: Int] = [:]
    var moved: [Int: Int] = [:]
    var kept: [Dataset.Class] = []
    for kind in dataset.classes {
      if let first = firsts[kind.name] {
        moved[kind.id] = first
        report.add(
          .mergedClass, reading.origins.classFile, "class \(kind.id)",
          "\(DatasetError.quote(kind.name)) is class \(first)")
      } else {
        firsts[kind.name] = kind.id
        kept.append(kind)
      }
    }
    dataset.classes = kept
    return moved
  }

  /// The pictures that can be used, each once, without those that leak.
  private mutating func keptPictures(_ pictures: [Dataset.Picture]) -> [Dataset.Picture] {
    let leaks = Dictionary(
      check.copies.leaks.map { ($0.training, $0.heldOut) }, uniquingKeysWith: { first, _ in first })
    let repeats = Dictionary(
      check.copies.repeats.map { ($0.copy, $0.original) }, uniquingKeysWith: { first, _ in first })
    var kept: [Dataset.Picture] = []
    var paths: Set<String> = []
    for (index, var picture) in pictures.enumerated() {
      let path = picture.path ?? picture.file
      guard let outcomePath = picture.path, let outcome = check.outcomes[outcomePath] else {
        report.add(.droppedPicture, path, "", "no file")
        continue
      }
      guard case .known(let facts) = outcome, facts.fault == nil else {
        let why = check.outcomes.facts(of: picture)?.fault ?? "it cannot be read"
        report.add(.droppedPicture, path, "", why)
        continue
      }
      guard min(facts.width, facts.height) >= PictureFindings.leastSide else {
        report.add(.droppedPicture, path, "", "\(facts.width) x \(facts.height) pixels")
        continue
      }
      guard paths.insert(outcomePath).inserted else {
        report.add(.droppedCopy, path, "", "a second entry for the same file")
        continue
      }
      if let heldOut = leaks[index], heldOut != index {
        report.add(.droppedLeak, path, "", "it is \(pictures[heldOut].path ?? "") too")
        continue
      }
      if let original = repeats[index] {
        report.add(.droppedCopy, path, "", "it is \(pictures[original].path ?? "") too")
        continue
      }
      if leaks[index] == index {
        let all = picture.splits
        picture.splits.removeAll { $0.hasPrefix("train") && Roles(all).isHeldOut(from: [$0]) }
        let removed = all.filter { !picture.splits.contains($0) }
        report.add(.droppedLeak, path, "", "taken out of \(removed.joined(separator: ", "))")
      }
      kept.append(picture)
    }
    return kept
  }

  private mutating func addSize(
    _ picture: Dataset.Picture, _ boxes: BoxRepair, _ own: [Dataset.PixelBox]
  ) {
    let file = reading.origins.labelFile(ofPicture: picture.id) ?? picture.path ?? picture.file
    let sizes =
      "\(picture.width) x \(picture.height) is \(boxes.width) x \(boxes.height) for \(picture.file)"
    switch boxes.agreement {
    case .equal: break
    case .stored: report.add(.turnedLabels, file, "", sizes)
    case .different:
      report.add(
        .correctedSize, file, "", sizes + (boxes.scales(own) ? "; its boxes were scaled" : ""))
    }
  }

  private mutating func repaired(
    _ own: [(annotation: Dataset.Annotation, index: Int)], _ boxes: BoxRepair
  ) -> [(annotation: Dataset.Annotation, index: Int)] {
    var kept: [(annotation: Dataset.Annotation, index: Int)] = []
    var seen: Set<BoxKey> = []
    let isScaled = boxes.scales(own.map(\.annotation.box))
    for (annotation, index) in own {
      let (file, place) = reading.origins.location(ofAnnotation: index, id: annotation.id)
      let before = annotation.box
      guard before.width > 0, before.height > 0 else {
        report.add(.droppedEmptyBox, file, place, "a box of \(before.sizeText)")
        continue
      }
      var moved = annotation
      if boxes.move(&moved, isScaled: isScaled) {
        report.add(.droppedMask, file, place, "its run-length mask")
      }
      guard let clipped = boxes.clipped(moved) else {
        report.add(.droppedOutsideBox, file, place, "a box of \(before.text)")
        continue
      }
      guard seen.insert(BoxKey(clipped)).inserted else {
        report.add(.droppedDuplicateBox, file, place, "a box of \(before.text) again")
        continue
      }
      if clipped.box != moved.box {
        report.add(.clippedBox, file, place, "\(moved.box.text) is \(clipped.box.text)")
      }
      kept.append((clipped, index))
    }
    return kept
  }

  /// Gives every picture a name that is safe, says the format, and is its own in all splits' folders.
  private mutating func rename(_ pictures: inout [Dataset.Picture]) {
    var taken: Set<String> = []
    for index in pictures.indices {
      let picture = pictures[index]
      let parts = picture.file.split { $0 == "/" || $0 == "\\" }.map(String.init)
        .filter {
          ![".", ".."].contains($0) && !$0.contains("\0") && !$0.contains(where: \.isNewline)
        }
      let name = parts.isEmpty ? "picture-\(picture.id)" : parts.joined(separator: "/")
      var stem = (name as NSString).deletingPathExtension
      var ending = (name as NSString).pathExtension
      if let format = check.outcomes.facts(of: picture)?.format, ImageFormat(path: name) != format {
        ending = format == .jpeg ? "jpg" : format.rawValue
      }
      let split = Dataset.mainSplit(of: picture) ?? ""
      let base = stem
      var number = 2
      while !taken.insert("\(split)\n\(stem.lowercased())").inserted {
        stem = "\(base)-\(number)"
        number += 1
      }
      let file = "\(stem).\(ending)"
      guard file != picture.file else { continue }
      report.add(.renamed, picture.path ?? picture.file, "", "\(picture.file) is \(file)")
      pictures[index].file = file
    }
  }
}
