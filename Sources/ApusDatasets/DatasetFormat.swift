public import Foundation

/// The forms in which data sets are kept.
public enum DatasetFormat: String, Sendable, Hashable, CaseIterable {
  /// `data.yaml`, pictures below `images`, a text file for each below `labels`.
  case yolo
  /// COCO JSON: a file, or a folder with `annotations/instances_<split>.json`.
  case coco
  /// Pascal VOC: `Annotations/*.xml`, `JPEGImages`, lists in `ImageSets/Main`.
  case voc
  /// LabelMe: a JSON file beside each picture.
  case labelme
}

/// How a data set is written.
public struct DatasetWriting: Sendable, Hashable {
  /// What becomes of the pictures' files.
  public enum Pictures: String, Sendable, Hashable, CaseIterable {
    /// They are copied into the new data set.
    case copy
    /// The new data set has symbolic links to them.
    case link
    /// They stay where they are.
    case leave
  }

  /// What becomes of the pictures' files; a COCO `.json` alone never takes them along.
  public var pictures = Pictures.copy
  /// Whether YOLO text gets outlines instead of boxes.
  ///
  /// A line holds one polygon, so a label is written as an outline only where it has exactly one;
  /// its box is then the polygon's when read again.
  public var writesOutlines = false
  /// How VOC corners count pixels.
  public var corners = VOCCorners.fromOne

  /// Copied pictures, boxes, corners from 1.
  public init() {}
}

/// How the corners of Pascal VOC are turned into edges.
public enum VOCCorners: String, Sendable, Hashable, CaseIterable {
  /// VOC's own: pixels count from 1 and the last belongs to the box.
  ///
  /// `x = xmin - 1`, `width = xmax - xmin + 1`.
  case fromOne
  /// As many labelling tools write: edges counted from 0. `x = xmin`, `width = xmax - xmin`.
  case fromZero
}

extension Dataset {
  /// Reads a data set; every fault is an error.
  ///
  /// - Parameters:
  ///   - url: A `data.yaml`, a COCO or LabelMe JSON, a VOC XML, or the folder of a data set.
  ///   - format: Its format; nil to tell from the names of files.
  public init(
    reading url: URL, format: DatasetFormat? = nil, corners: VOCCorners = .fromOne,
    limits: DatasetLimits = DatasetLimits()
  ) throws(DatasetError) {
    let reading = try DatasetReading(url, format: format, corners: corners, limits: limits)
    if var first = reading.faults.first {
      if reading.faultCount > 1 {
        first.remedy += " (\(reading.faultCount - 1) further faults in this data set.)"
      }
      throw first
    }
    self = reading.dataset
  }

  /// Writes the data set under a temporary name, then renames it; nothing may be at `url` yet.
  ///
  /// - Parameters:
  ///   - format: The format.
  ///   - url: A new folder; with `.coco` also a new `.json` file, which has all splits.
  public func write(
    as format: DatasetFormat, to url: URL, _ writing: DatasetWriting = DatasetWriting()
  ) throws(DatasetError) {
    let output = try StagedOutput(url)
    do throws(DatasetError) {
      try check(output.name)
      switch format {
      case .yolo: try YOLOWriter(dataset: self, output: output, writing: writing).write()
      case .coco: try COCOWriter(dataset: self, output: output, writing: writing).write()
      case .voc: try VOCWriter(dataset: self, output: output, writing: writing).write()
      case .labelme: try LabelMeWriter(dataset: self, output: output, writing: writing).write()
      }
      try output.commit()
    } catch {
      output.discard()
      throw error
    }
  }

  /// Whether ids and numbers are such that a reader will take them back.
  private func check(_ file: String) throws(DatasetError) {
    let pictureIDs = Set(pictures.map(\.id))
    let classIDs = Set(classes.map(\.id))
    guard pictureIDs.count == pictures.count, classIDs.count == classes.count,
      Set(annotations.map(\.id)).count == annotations.count
    else {
      throw DatasetError(
        .duplicate, file: file, expected: "each id of pictures, classes and annotations once",
        found: "a repeated id", remedy: "Number them anew before writing.")
    }
    for annotation in annotations {
      let place = "annotation \(annotation.id)"
      guard pictureIDs.contains(annotation.pictureID), classIDs.contains(annotation.classID) else {
        throw DatasetError(
          .unknownPicture, file: file, place: place,
          expected: "a picture and class of the data set",
          found: "picture \(annotation.pictureID), class \(annotation.classID)",
          remedy: "Drop the annotation or add what it refers to.")
      }
      try annotation.box.check(file: file, place: place)
    }
    for picture in pictures where picture.width < 1 || picture.height < 1 {
      throw .pictureSize(picture.width, picture.height, file: file, place: picture.file)
    }
  }
}

extension DatasetReading {
  /// Reads what can be read of a data set and notes the faults of the rest.
  ///
  /// What leaves nothing to read, such as a missing file or broken JSON, is thrown.
  public init(
    _ url: URL, format: DatasetFormat? = nil, corners: VOCCorners = .fromOne,
    limits: DatasetLimits = DatasetLimits()
  ) throws(DatasetError) {
    try self.init(url, DatasetFiles(limits: limits), format: format, corners: corners)
  }

  /// Reads with what is known of the pictures' sizes.
  init(
    _ url: URL, _ files: DatasetFiles, format: DatasetFormat?, corners: VOCCorners
  ) throws(DatasetError) {
    self.init()
    let told: DatasetFormat
    if let format { told = format } else { told = try DatasetFormat(of: url, files) }
    (origins.format, origins.corners) = (told, corners)
    let isFile = ["yaml", "yml", "json", "xml"].contains(url.pathExtension.lowercased())
    origins.root = (isFile ? url.deletingLastPathComponent() : url).standardizedFileURL
    switch told {
    case .yolo: try readYOLO(url, files)
    case .coco: try readCOCO(url, files)
    case .voc: try readVOC(url, files, corners)
    case .labelme: try readLabelMe(url, files)
    }
  }
}

extension DatasetFormat {
  /// The format of a file or folder, by the names in it.
  public init(
    of url: URL, limits: DatasetLimits = DatasetLimits()
  ) throws(DatasetError) {
    try self.init(of: url, DatasetFiles(limits: limits))
  }

  /// The format of a file or folder, by the names in it.
  init(of url: URL, _ files: DatasetFiles) throws(DatasetError) {
    switch url.pathExtension.lowercased() {
    case "yaml", "yml": self = .yolo
    case "xml": self = .voc
    case "json": self = try Self.json(url, files)
    default:
      let names = try files.names(in: url)
      func has(_ folder: String, _ ending: String) -> Bool {
        let found = (try? files.names(in: url.appendingPathComponent(folder))) ?? []
        return found.contains { $0.lowercased().hasSuffix(ending) }
      }
      if names.contains(where: { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }) {
        self = .yolo
      } else if (names.contains("Annotations") && !has("Annotations", ".json"))
        || names.contains(where: { $0.hasSuffix(".xml") })
      {
        self = .voc
      } else if has("annotations", ".json") {
        self = .coco
      } else if let json = try files.paths(below: url, endings: ["json"]).first {
        self = try Self.json(url.appendingPathComponent(json), files)
      } else {
        throw DatasetError(
          .unsupported, file: url.path, expected: "data.yaml, Annotations/*.xml or *.json in it",
          found: names.isEmpty ? "an empty folder" : "none of them",
          remedy: "Give the folder of the data set, or its data.yaml or JSON, or say the format.")
      }
    }
  }

  private static func json(_ url: URL, _ files: DatasetFiles) throws(DatasetError) -> DatasetFormat
  {
    let bytes = try files.bytes(of: url, atMost: files.limits.jsonBytes)
    let isLabelMe = Data(bytes).range(of: Data("\"shapes\"".utf8)) != nil
    return isLabelMe ? .labelme : .coco
  }
}
