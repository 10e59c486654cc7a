import ApusGraph
import Foundation

/// The model card in a file's metadata: whole under a key of our own, and in parts under the keys
/// that upstream exporters use.
enum CardMetadata {
  /// The whole card, as JSON.
  static let key = "apus.card"
  /// Versions of operator sets other than ONNX's own; only in the graph, never in a file.
  static let opsetPrefix = "apus.opset."

  /// The card, and the metadata that is not part of it.
  ///
  /// Metadata under upstream keys that is understood moves into the card, and is written from
  /// there.
  static func read(
    _ metadata: [String: String]
  ) throws(ONNXError) -> (card: ModelCard, rest: [String: String]) {
    var rest = metadata.filter { !$0.key.hasPrefix(opsetPrefix) }
    var card = ModelCard()
    if let text = rest.removeValue(forKey: key) {
      do {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
          positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        card = try decoder.decode(ModelCard.self, from: Data(text.utf8))
      } catch {
        throw ONNXError(
          .format, "is not a model card", at: "metadata '\(key)'",
          advice: "remove the entry, or export the model again")
      }
      if names(rest["names"]) == card.classNames { rest["names"] = nil }
      if let strides = strides(rest["stride"]), strides.last == card.strides.last {
        rest["stride"] = nil
      }
      return (card, rest)
    }
    if let names = names(rest["names"]) {
      card.classNames = names
      rest["names"] = nil
    }
    if let strides = strides(rest["stride"]) {
      card.strides = strides
      rest["stride"] = nil
    }
    if case .list(let sizes)? = rest["imgsz"].flatMap({ PythonLiteral($0) }), sizes.count == 2 {
      let numbers = sizes.compactMap { size -> Int? in
        if case .number(let value) = size { Int(exactly: value) } else { nil }
      }
      if numbers.count == 2 { card.inputSize = numbers }
    }
    if let licence = rest["license"] { card.licence = licence }
    return (card, rest)
  }

  /// All entries of a file.
  static func write(_ graph: Graph) throws(ONNXError) -> [String: String] {
    var entries = graph.metadata.filter { !$0.key.hasPrefix(opsetPrefix) }
    if !graph.card.classNames.isEmpty {
      let items = graph.card.classNames.enumerated().map {
        "\($0): \(PythonLiteral.quoted($1))"
      }
      entries["names"] = "{\(items.joined(separator: ", "))}"
    }
    if let stride = graph.card.strides.max() { entries["stride"] = "\(stride)" }
    if graph.card != ModelCard() {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
      guard let json = try? encoder.encode(graph.card) else {
        throw ONNXError(.unsupported, "the model card cannot be written")
      }
      entries[key] = String(decoding: json, as: UTF8.self)
    }
    return entries
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

  /// The strides of all levels; upstream states the coarsest only, and its levels start at 8 and
  /// double.
  private static func strides(_ text: String?) -> [Int]? {
    guard let text, let coarsest = Int(text), coarsest >= 8, coarsest <= 1024,
      coarsest & (coarsest - 1) == 0
    else { return nil }
    return Array(sequence(first: 8) { $0 < coarsest ? $0 * 2 : nil })
  }
}
