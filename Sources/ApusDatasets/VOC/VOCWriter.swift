import Foundation

/// Writes `Annotations/*.xml`, `ImageSets/Main/*.txt`, `classes.txt` and, where asked, the pictures.
///
/// VOC has no crowds and areas: they are written as `<iscrowd>` and `<area>`, which its tools pass
/// over and ours reads. So are other members whose names can be elements; outlines are left out.
struct VOCWriter {
  let dataset: Dataset
  let output: StagedOutput
  let writing: DatasetWriting

  func write() throws(DatasetError) {
    let stems = try dataset.outputStems(foldersOfSplits: false, file: output.name)
    let names = try dataset.namesByID(file: output.name)
    for name in names.values
    where name.contains(where: \.isNewline) || name != name.trimmingCharacters(in: .whitespaces)
      || name.isEmpty
    {
      throw DatasetError(
        .unsupported, file: output.name, expected: "names of classes without outer spaces",
        found: DatasetError.quote(name), remedy: "Rename the class.")
    }
    let annotations = dataset.annotationsByPicture()
    var lists: [String: [String]] = [:]
    for (picture, stem) in zip(dataset.pictures, stems) {
      let text = Self.text(picture, stem, annotations[picture.id] ?? [], names, writing.corners)
      try output.write(Array(text.utf8), to: "Annotations/\(stem).xml")
      let ending = (picture.file as NSString).pathExtension
      let name = ending.isEmpty ? stem : "\(stem).\(ending)"
      try output.put(picture, at: "JPEGImages/\(name)", writing.pictures)
      for split in picture.splits { lists[split, default: []].append(stem) }
    }
    for (split, stems) in lists {
      let text = stems.map { $0 + "\n" }.joined()
      try output.write(Array(text.utf8), to: "ImageSets/Main/\(split).txt")
    }
    let classes = dataset.classes.map { $0.name + "\n" }.joined()
    try output.write(Array(classes.utf8), to: "classes.txt")
    if dataset.pictures.isEmpty {
      try output.write([], to: "ImageSets/Main/train.txt")
    }
  }

  private static func text(
    _ picture: Dataset.Picture, _ stem: String, _ annotations: [Dataset.Annotation],
    _ names: [Int: String], _ corners: VOCCorners
  ) -> String {
    let ending = (picture.file as NSString).pathExtension
    let name = (stem as NSString).lastPathComponent + (ending.isEmpty ? "" : ".\(ending)")
    var fields = picture.fields
    let depth = fields.removeValue(forKey: "depth") ?? .integer(3)
    var text = "<annotation>\n" + element("folder", fields["folder"] ?? .text("JPEGImages"), 1)
    text += element("filename", .text(name), 1)
    text += members(fields, except: pictureMembers.union(["folder"]), 1)
    text += "  <size>\n" + element("width", .integer(picture.width), 2)
    text += element("height", .integer(picture.height), 2) + element("depth", depth, 2)
    text += "  </size>\n"
    for annotation in annotations {
      text += object(annotation, names[annotation.classID] ?? "", corners)
    }
    return text + "</annotation>\n"
  }

  private static func object(
    _ annotation: Dataset.Annotation, _ name: String, _ corners: VOCCorners
  ) -> String {
    func truth(_ name: String, _ value: Bool?) -> String {
      value.map { element(name, .integer($0 ? 1 : 0), 2) } ?? ""
    }
    let box = annotation.box
    let first: Double = corners == .fromOne ? 1 : 0
    var text = "  <object>\n" + element("name", .text(name), 2)
    if let pose = annotation.pose { text += element("pose", .text(pose), 2) }
    text += truth("truncated", annotation.isTruncated)
    text += truth("difficult", annotation.isDifficult)
    text += truth("occluded", annotation.isOccluded)
    text += truth("iscrowd", annotation.isCrowd ? true : nil)
    if let area = annotation.area { text += element("area", .number(area), 2) }
    text += "    <bndbox>\n"
    text += element("xmin", number(box.x + first), 3) + element("ymin", number(box.y + first), 3)
    text += element("xmax", number(box.x + box.width), 3)
    text += element("ymax", number(box.y + box.height), 3)
    text += "    </bndbox>\n"
    return text + members(annotation.fields, except: objectMembers, 2) + "  </object>\n"
  }

  /// Whole numbers without a point, as VOC's tools expect them.
  private static func number(_ value: Double) -> JSON {
    Int(exactly: value).map(JSON.integer) ?? .number(value)
  }

  private static func members(
    _ fields: [String: JSON], except reserved: Set<String>, _ level: Int
  ) -> String {
    fields.keys.sorted().filter { !reserved.contains($0) && isName($0) }
      .map { element($0, fields[$0] ?? .null, level) }.joined()
  }

  private static func element(_ name: String, _ value: JSON, _ level: Int) -> String {
    let indent = String(repeating: "  ", count: level)
    func leaf(_ text: String) -> String { "\(indent)<\(name)>\(text)</\(name)>\n" }
    switch value {
    case .null: return ""
    case .bool(let value): return leaf(value ? "1" : "0")
    case .integer(let value): return leaf("\(value)")
    case .number(let value): return leaf("\(value)")
    case .text(let value): return leaf(escaped(value))
    case .array(let values): return values.map { element(name, $0, level) }.joined()
    case .object(let fields):
      return "\(indent)<\(name)>\n\(members(fields, except: [], level + 1))\(indent)</\(name)>\n"
    }
  }

  /// The elements of an object that have a meaning of their own.
  static let objectMembers: Set = [
    "name", "pose", "truncated", "difficult", "occluded", "iscrowd", "area", "bndbox",
  ]

  /// The elements of a picture that have a meaning of their own.
  static let pictureMembers: Set = ["filename", "size", "object"]

  /// Whether a member can be written as an element, with everything in it.
  static func holds(_ key: String, _ value: JSON) -> Bool {
    guard isName(key) else { return false }
    switch value {
    case .null: return false
    case .bool, .integer, .number, .text: return true
    case .array(let values): return !values.isEmpty && values.allSatisfy { holds(key, $0) }
    case .object(let fields): return !fields.isEmpty && fields.allSatisfy { holds($0, $1) }
    }
  }

  /// Whether a text can be the name of an element.
  private static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, first == 0x5f || isLetter(first) else { return false }
    return !text.lowercased().hasPrefix("xml")
      && text.utf8.allSatisfy {
        isLetter($0) || (0x30...0x39).contains($0) || "_-.".utf8.contains($0)
      }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }

  /// Text with its marks escaped and without the control characters XML cannot hold.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\t", "\n": result.unicodeScalars.append(scalar)
      default:
        if scalar.value >= 0x20, scalar.value & 0xfffe != 0xfffe {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }
}
