import Foundation

/// What is odd about the data set as a whole: files, names, classes, splits.
struct SetFindings {
  private(set) var all: [Finding] = []
  private let reading: DatasetReading

  init(_ reading: DatasetReading) {
    self.reading = reading
    addLabelFiles()
    addNames()
    addClasses()
    addEmptySplits()
    if reading.origins.format != .yolo { addUnlabelled() }
  }

  private mutating func addEmptySplits() {
    let isEmpty = reading.dataset.pictures.isEmpty
    for split in reading.origins.splits where split.count == 0 {
      all.append(
        Finding(
          .emptySplit, isEmpty ? .error : .warning, file: split.file,
          found: "no picture for \"\(split.name)\""))
    }
    if isEmpty, all.isEmpty, reading.faults.isEmpty {
      all.append(
        Finding(.emptySplit, .error, file: reading.origins.root.path, found: "no picture at all"))
    }
  }

  private mutating func addLabelFiles() {
    let marked = Set(reading.dataset.annotations.map(\.pictureID))
    let faulty = Set(reading.faults.map(\.file))
    for picture in reading.dataset.pictures where !marked.contains(picture.id) {
      let path = picture.path ?? picture.file
      guard let file = reading.origins.labelFile(ofPicture: picture.id) else {
        all.append(
          Finding(
            .missingLabel, .note, file: path,
            found: "a picture without a file of labels: it is background",
            remedy: FindingKind.background.remedy))
        continue
      }
      if reading.origins.emptyLabels.contains(picture.id) {
        all.append(
          Finding(.emptyLabel, file: file, found: "no label: its picture is background"))
      } else if reading.origins.format == .coco || !faulty.contains(file) {
        let isShared = reading.origins.format == .coco
        all.append(
          Finding(
            .background, file: isShared ? path : file,
            found: isShared ? "no annotation in \(file)" : "no object"))
      }
    }
  }

  private mutating func addNames() {
    var owners: [String: Dataset.Picture] = [:]
    for picture in reading.dataset.pictures {
      let stem = (picture.file as NSString).deletingPathExtension.lowercased()
      for split in picture.splits.isEmpty ? [""] : picture.splits {
        let key = "\(split)\n\(stem)"
        guard let other = owners[key] else {
          owners[key] = picture
          continue
        }
        let isOne = picture.path != nil && picture.path == other.path
        let file = picture.path ?? picture.file
        all.append(
          Finding(
            .duplicateName,
            file: isOne ? reading.origins.labelFile(ofPicture: picture.id) ?? file : file,
            found: isOne
              ? "a second entry for \(DatasetError.quote(picture.file))"
              : "the name of \(other.path ?? other.file) before the ending"))
        break
      }
    }
  }

  private mutating func addClasses() {
    let used = Set(reading.dataset.annotations.map(\.classID))
    let file = reading.origins.classFile
    var names: Set<String> = []
    for kind in reading.dataset.classes {
      let place = "class \(kind.id)"
      let name = DatasetError.quote(kind.name)
      if !names.insert(kind.name).inserted {
        all.append(Finding(.duplicateClass, file: file, place: place, found: "\(name) again"))
      }
      if !used.contains(kind.id) {
        all.append(Finding(.unusedClass, file: file, place: place, found: "no \(name) is marked"))
      }
    }
  }

  /// Pictures that lie where those of the data set do, without being in it.
  private mutating func addUnlabelled() {
    let paths = Set(reading.dataset.pictures.compactMap(\.path).map(Self.canonical))
    // The picture of a file that could not be read is no finding of its own.
    let faulty = Set(
      reading.faults.map {
        (($0.file as NSString).lastPathComponent as NSString).deletingPathExtension
      })
    let folders = Set(paths.map { ($0 as NSString).deletingLastPathComponent })
    for folder in folders.sorted() {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for name in names.sorted() {
        let path = folder + "/" + name
        guard DatasetFiles.pictureEndings.contains((name as NSString).pathExtension.lowercased()),
          !name.hasPrefix("."), !paths.contains(Self.canonical(path)),
          !faulty.contains((name as NSString).deletingPathExtension)
        else { continue }
        all.append(
          Finding(
            .unlabelledPicture, reading.origins.format == .coco ? .note : .warning, file: path,
            found: "a picture that no annotation file names"))
      }
    }
  }

  private static func canonical(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().path
  }
}
