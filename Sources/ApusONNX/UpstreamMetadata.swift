import ApusGraph

/// What yolov5 and ultralytics write into a model's metadata, as texts that Python prints.
///
/// `names`, `stride`, `imgsz`, `task`, `batch` and `description` are ultralytics' keys (yolov5 has the first
/// two); `anchors`, in pixels, `[level][anchor][2]`, is written the same way for tools that decode
/// raw heads.
enum UpstreamMetadata {
  /// What a card states; these are read back into a card.
  static func entries(of card: ModelCard) -> [String: String] {
    var entries: [String: String] = [:]
    if !card.classNames.isEmpty {
      let items = card.classNames.enumerated().map { "\($0): \(PythonLiteral.quoted($1))" }
      entries["names"] = "{\(items.joined(separator: ", "))}"
    }
    if let stride = card.strides.max() { entries["stride"] = "\(stride)" }
    if card.inputSize.count == 2 {
      entries["imgsz"] = "[\(card.inputSize[0]), \(card.inputSize[1])]"
    }
    if !card.anchors.isEmpty,
      card.anchors.allSatisfy({ $0.allSatisfy { $0.allSatisfy(\.isFinite) } })
    {
      let levels = card.anchors.map { level in
        let pairs = level.map { "[\($0.map { "\($0)" }.joined(separator: ", "))]" }
        return "[\(pairs.joined(separator: ", "))]"
      }
      entries["anchors"] = "[\(levels.joined(separator: ", "))]"
    }
    return entries
  }

  /// What else describes a detector, where the file says nothing of its own; not part of a card.
  static func descriptions(of graph: Graph) -> [String: String] {
    let card = graph.card
    guard !card.heads.isEmpty else { return [:] }
    let batch = graph.inputs.first.flatMap { graph[$0].fact.shape?.first?.fixed }
    // Ultralytics' readers want a number even where the batch is open, and write 1 themselves.
    return ["task": "detect", "batch": "\(batch ?? 1)", "description": description(of: card)]
  }

  private static func description(of card: ModelCard) -> String {
    let family = card.family.isEmpty ? "Detector" : "\(card.family) detector"
    let variant = card.variant.isEmpty ? "" : " (\(card.variant))"
    return family + variant
      + (card.classNames.isEmpty ? "" : ", \(card.classNames.count) classes")
  }

  /// Moves what is understood into a card.
  static func take(from metadata: inout [String: String], into card: inout ModelCard) {
    if let names = names(metadata["names"]) {
      card.classNames = names
      metadata["names"] = nil
    }
    if let anchors = anchors(metadata["anchors"]) {
      card.anchors = anchors
      metadata["anchors"] = nil
    }
    if let strides = strides(metadata["stride"], levels: card.anchors.count) {
      card.strides = strides
      metadata["stride"] = nil
    }
    if let size = size(metadata["imgsz"]) {
      card.inputSize = size
      metadata["imgsz"] = nil
    }
    if let licence = metadata["license"] { card.licence = licence }
  }

  /// Removes what a card says as well, and what is written anew with it.
  static func remove(from metadata: inout [String: String], saidBy card: ModelCard) {
    if names(metadata["names"]) == card.classNames { metadata["names"] = nil }
    if anchors(metadata["anchors"]) == card.anchors { metadata["anchors"] = nil }
    if size(metadata["imgsz"]) == card.inputSize { metadata["imgsz"] = nil }
    if let coarsest = strides(metadata["stride"], levels: 0)?.last, coarsest == card.strides.max() {
      metadata["stride"] = nil
    }
    guard !card.heads.isEmpty else { return }
    metadata["batch"] = nil
    if metadata["task"] == "detect" { metadata["task"] = nil }
    if metadata["description"] == description(of: card) { metadata["description"] = nil }
  }

  /// Class names by id: a list, or a dictionary from 0 on without gaps.
  private static func names(_ text: String?) -> [String]? {
    switch text.flatMap({ PythonLiteral($0) }) {
    case .list(let items)?:
      let names = items.compactMap { if case .string(let name) = $0 { name } else { nil } }
      return names.count == items.count && !names.isEmpty ? names : nil
    case .dictionary(let items)?:
      var names: [Double: String] = [:]
      for case (.number(let id), .string(let name)) in items { names[id] = name }
      let sorted = (0..<items.count).compactMap { names[Double($0)] }
      return sorted.count == items.count && !sorted.isEmpty ? sorted : nil
    default: return nil
    }
  }

  /// Anchors of each level: pairs, or as in YOLOv5's yaml the numbers of all pairs in a row.
  private static func anchors(_ text: String?) -> [[[Float]]]? {
    guard let levels = text.flatMap({ PythonLiteral($0) })?.items, (1...16).contains(levels.count)
    else { return nil }
    var anchors: [[[Float]]] = []
    for level in levels {
      guard let items = level.items else { return nil }
      let pairs = items.compactMap { $0.items?.compactMap(\.positive) }
      let flat = items.compactMap(\.positive)
      if pairs.count == items.count {
        anchors.append(pairs)
      } else if flat.count == items.count, flat.count % 2 == 0 {
        anchors.append(stride(from: 0, to: flat.count, by: 2).map { Array(flat[$0..<$0 + 2]) })
      } else {
        return nil
      }
    }
    let count = anchors[0].count
    let isRegular = anchors.allSatisfy { $0.count == count && $0.allSatisfy { $0.count == 2 } }
    return count > 0 && isRegular ? anchors : nil
  }

  /// Height and width.
  private static func size(_ text: String?) -> [Int]? {
    guard let items = text.flatMap({ PythonLiteral($0) })?.items, items.count == 2 else {
      return nil
    }
    let sizes = items.compactMap { item -> Int? in
      if case .number(let value) = item { Int(exactly: value) } else { nil }
    }
    return sizes.count == 2 ? sizes : nil
  }

  /// The strides of all levels; upstream states the coarsest only, and levels double.
  ///
  /// - Parameter levels: how many there are; 0 where that is not known: then the finest is 8.
  private static func strides(_ text: String?, levels: Int) -> [Int]? {
    guard let text, let coarsest = Int(text), coarsest >= 8, coarsest <= 1024,
      coarsest & (coarsest - 1) == 0
    else { return nil }
    if levels > 0 {
      let strides = (0..<levels).map { coarsest >> (levels - 1 - $0) }
      return strides[0] > 0 ? strides : nil
    }
    return Array(sequence(first: 8) { $0 < coarsest ? $0 * 2 : nil })
  }
}

extension PythonLiteral {
  /// The items of a list.
  fileprivate var items: [PythonLiteral]? {
    if case .list(let items) = self { items } else { nil }
  }

  /// A finite number above 0.
  fileprivate var positive: Float? {
    guard case .number(let value) = self, value > 0, Float(value).isFinite else { return nil }
    return Float(value)
  }
}
