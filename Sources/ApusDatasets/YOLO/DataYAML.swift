import Foundation
import Yams

/// What is read of a `data.yaml`: `path`, `train`, `val`, `test`, `names` and `nc`.
///
/// Other keys, such as `download`, are passed over. Anchors (`&name`) are refused: aliases to them
/// can make a small file expand without bound, and no data set needs them.
struct DataYAML {
  /// The root of the data set, as written; nil for the file's own folder.
  var path: String?
  /// The folders and lists of pictures, by split.
  var splits: [(name: String, places: [String])] = []
  /// The classes, by their numbers.
  var classes: [Dataset.Class] = []

  /// Reads a file's text.
  init(_ bytes: [UInt8], file: String) throws(DatasetError) {
    let text = String(decoding: bytes, as: UTF8.self)
    try Self.refuseAnchors(text, file: file)
    let root: Node?
    do { root = try Yams.compose(yaml: text) } catch {
      let place = (error as? YamlError).flatMap(Self.mark)
      throw DatasetError(
        .malformed, file: file, place: place.map { "line \($0.line), column \($0.column)" } ?? "",
        expected: "a data.yaml", found: "text that is not YAML: \(Self.reason(error))",
        remedy: "Correct the YAML there.")
    }
    guard let root, case .mapping(let mapping) = root else {
      throw Self.fault(root, file, "a mapping with the keys train, val and names")
    }
    for (key, value) in mapping {
      switch key.scalar?.string {
      case "path": path = Self.isNull(value) ? nil : try Self.text(value, file, "the root's path")
      case "train", "val", "test":
        let places = try Self.places(value, file)
        if !places.isEmpty { splits.append((key.scalar?.string ?? "", places)) }
      case "names": classes = try Self.names(value, file)
      default: break
      }
    }
    guard mapping["names"] != nil, !splits.isEmpty else {
      throw Self.fault(
        root, file, "names, and at least one of train, val and test",
        found: mapping["names"] == nil ? "no names" : "no pictures")
    }
    if let value = mapping["nc"], value.scalar.flatMap({ Int($0.string) }) != classes.count {
      throw Self.fault(value, file, "nc: \(classes.count), the number of names")
    }
  }

  private static func refuseAnchors(_ text: String, file: String) throws(DatasetError) {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      var before: UInt8 = 0x20
      var isAnchor = false
      for byte in line.utf8 {
        let isWord = byte > 0x2f && byte != 0x3a && byte != 0x3b && byte != 0x3d
        if isAnchor && isWord {
          throw DatasetError(
            .unsupported, file: file, place: "line \(index + 1)",
            expected: "YAML without anchors (&name)", found: DatasetError.quote(line),
            remedy: "Write out what the anchor stands for.")
        }
        if byte == UInt8(ascii: "#") && (before == 0x20 || before == 9) { break }
        isAnchor = byte == UInt8(ascii: "&") && [0x20, 9, 0x5b, 0x7b, 0x2c].contains(before)
        before = byte
      }
    }
  }

  private static func places(_ node: Node, _ file: String) throws(DatasetError) -> [String] {
    if isNull(node) { return [] }
    guard let list = node.sequence else { return [try text(node, file, "a folder or list")] }
    var places: [String] = []
    for entry in list { places.append(try text(entry, file, "a folder or list")) }
    return places
  }

  private static func names(_ node: Node, _ file: String) throws(DatasetError) -> [Dataset.Class] {
    var classes: [Dataset.Class] = []
    if let list = node.sequence {
      for (index, entry) in list.enumerated() {
        classes.append(Dataset.Class(id: index, name: try text(entry, file, "the name of a class")))
      }
      return classes
    }
    guard let mapping = node.mapping else { throw fault(node, file, "a list or map of names") }
    var ids: Set<Int> = []
    for (key, value) in mapping {
      guard let id = key.scalar.flatMap({ Int($0.string) }), id >= 0, ids.insert(id).inserted else {
        throw fault(key, file, "the number of a class, each once")
      }
      classes.append(Dataset.Class(id: id, name: try text(value, file, "the name of a class")))
    }
    return classes.sorted { $0.id < $1.id }
  }

  private static func text(
    _ node: Node, _ file: String, _ expected: String
  ) throws(DatasetError) -> String {
    guard let text = node.scalar?.string, !text.isEmpty else { throw fault(node, file, expected) }
    return text
  }

  private static func isNull(_ node: Node) -> Bool {
    guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else {
      return false
    }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  private static func fault(
    _ node: Node?, _ file: String, _ expected: String, found: String? = nil
  ) -> DatasetError {
    let kind =
      switch node {
      case .scalar(let scalar): DatasetError.quote(scalar.string)
      case .mapping(let mapping): "a map of \(mapping.count)"
      case .sequence(let sequence): "a list of \(sequence.count)"
      default: "nothing"
      }
    return DatasetError(
      .malformed, file: file, place: node?.mark.map { "line \($0.line)" } ?? "",
      expected: expected, found: found ?? kind, remedy: "Correct the entry.")
  }

  private static func mark(_ error: YamlError) -> Mark? {
    switch error {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
      mark
    default: nil
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch error as? YamlError {
    case .scanner(_, let problem, _, _), .parser(_, let problem, _, _),
      .composer(_, let problem, _, _):
      problem
    case .duplicatedKeysInMapping: "a key stands twice"
    default: "unreadable"
    }
  }
}

extension DataYAML {
  /// A scalar in double quotation marks, which every reader of YAML takes for text.
  static func quoted(_ text: String) -> String {
    String(decoding: JSON.text(text).encoded(), as: UTF8.self)
  }
}
