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
    guard let text = rest.removeValue(forKey: key) else {
      var card = ModelCard()
      UpstreamMetadata.take(from: &rest, into: &card)
      return (card, rest)
    }
    let card: ModelCard
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
    UpstreamMetadata.remove(from: &rest, saidBy: card)
    return (card, rest)
  }

  /// All entries of a file.
  static func write(_ graph: Graph) throws(ONNXError) -> [String: String] {
    var entries = graph.metadata.filter { !$0.key.hasPrefix(opsetPrefix) }
    for (key, value) in UpstreamMetadata.entries(of: graph.card) { entries[key] = value }
    for (key, value) in UpstreamMetadata.descriptions(of: graph) where entries[key] == nil {
      entries[key] = value
    }
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
}
