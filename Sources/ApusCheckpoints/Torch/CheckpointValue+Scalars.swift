// Numbers and texts, and a bounded text for people.

extension CheckpointValue {
  /// A truth value.
  public var bool: Bool? {
    if case .boolean(let value) = node { return value }
    return NumpyRecord.scalar(self).map { $0 != 0 }
  }

  /// An integer, or a floating-point or NumPy number without a fraction.
  public var int: Int? {
    switch node {
    case .integer(let value): value
    case .boolean(let value): value ? 1 : 0
    case .double(let value): Int(exactly: value)
    default: NumpyRecord.scalar(self).flatMap(Int.init(exactly:))
    }
  }

  /// Any number.
  public var double: Double? {
    switch node {
    case .integer(let value): Double(value)
    case .boolean(let value): value ? 1 : 0
    case .double(let value): value
    case .largeInteger(let text): Double(text)
    default: NumpyRecord.scalar(self)
    }
  }

  /// A text.
  public var string: String? { document.string(reference) }

  /// Bytes.
  public var bytes: [UInt8]? {
    if case .bytes(let bytes) = node { return bytes }
    return nil
  }
}

extension CheckpointValue: CustomStringConvertible {
  /// The most characters and levels that a description has.
  private static let descriptionBudget = (characters: 2_000, depth: 6)

  /// The value as Python would write it, shortened: long containers, deep nests and cycles end in `…`.
  public var description: String {
    var text = ""
    describe(into: &text, depth: 0)
    return text
  }

  private func describe(into text: inout String, depth: Int) {
    guard text.utf8.count < Self.descriptionBudget.characters, depth < Self.descriptionBudget.depth
    else {
      if !text.hasSuffix("…") { text += "…" }
      return
    }
    switch node {
    case .none: text += "None"
    case .boolean(let value): text += value ? "True" : "False"
    case .integer(let value): text += "\(value)"
    case .largeInteger(let value): text += value.prefix(80)
    case .double(let value): text += "\(value)"
    case .string(let value): text += "'\(value.prefix(120))'"
    case .bytes(let value): text += "<\(value.count) bytes>"
    case .list(let items): describe(items, "[", "]", into: &text, depth: depth)
    case .tuple(let items): describe(items, "(", ")", into: &text, depth: depth)
    case .set(let items): describe(items, "{", "}", into: &text, depth: depth)
    case .dictionary(let entries): describe(entries, into: &text, depth: depth)
    case .global(let global): text += global.description.prefix(120)
    case .extensionCode(let code): text += "<extension \(code)>"
    case .persistent: text += "<storage>"
    case .object(let object): describe(object, into: &text, depth: depth)
    }
  }

  private func describe(
    _ items: [PickleReference], _ open: String, _ close: String, into text: inout String, depth: Int
  ) {
    text += open
    for (index, item) in items.enumerated() {
      if index > 0 { text += ", " }
      value(item).describe(into: &text, depth: depth + 1)
      if text.utf8.count >= Self.descriptionBudget.characters { break }
    }
    text += close
  }

  private func describe(_ entries: [PickleEntry], into text: inout String, depth: Int) {
    text += "{"
    for (index, entry) in entries.enumerated() {
      if index > 0 { text += ", " }
      value(entry.key).describe(into: &text, depth: depth + 1)
      text += ": "
      value(entry.value).describe(into: &text, depth: depth + 1)
      if text.utf8.count >= Self.descriptionBudget.characters { break }
    }
    text += "}"
  }

  private func describe(_ object: PickleObject, into text: inout String, depth: Int) {
    if let type = tensorType {
      text += "tensor(\(type.dtype), \(type.shape))"
    } else if document.states(of: reference).isEmpty {
      value(object.callable).describe(into: &text, depth: depth + 1)
      value(object.arguments).describe(into: &text, depth: depth + 1)
    } else {
      text += "<"
      value(object.callable).describe(into: &text, depth: depth + 1)
      text += ">"
    }
  }
}
