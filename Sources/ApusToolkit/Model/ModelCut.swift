import ApusGraph
import ApusPasses

/// A model cut at its detection heads, so that decoding is left to the caller.
public struct ModelCut: Sendable, Encodable, CustomStringConvertible {
  /// One output of the cut model.
  public struct Head: Sendable, Encodable {
    /// The value's name.
    public let name: String
    /// Its channels.
    public let channels: Int
    /// Input pixels per cell.
    public let stride: Int
    /// What its numbers are.
    public let role: String
    /// How that was found out.
    public let why: String
  }

  /// The heads, finest level first.
  public let heads: [Head]
  /// Anchors of every cell, where that can be told.
  public let anchors: Int?
  /// Classes, where that can be told.
  public let classes: Int?
  /// How many nodes fall away.
  public let droppedNodes: Int
  /// What was found and why.
  public let explanation: [String]

  /// Cuts a model at the heads found by its structure, or at the values named.
  ///
  /// - Throws: `ApusError` where no heads are found; it says what was seen, and proposes names.
  public static func cut(
    _ model: Model, outputs: [String] = []
  ) throws(ApusError) -> (report: ModelCut, model: Model) {
    var result = model
    // What the whole model's outputs tell of pictures and thresholds holds for the heads as well.
    if outputs.isEmpty, let reading = try? OutputReading(model.graph) {
      result.graph.card = reading.card
    }
    do {
      let cut =
        outputs.isEmpty
        ? try HeadCut.find(in: model.graph)
        : try HeadCut.at(outputs: outputs, in: model.graph)
      try cut.apply(to: &result.graph)
      return (ModelCut(cut), result)
    } catch {
      throw .failure("'\(model.path)': \(error)")
    }
  }

  private init(_ cut: HeadCut) {
    heads = cut.heads.map {
      Head(
        name: $0.name, channels: $0.channels, stride: $0.stride, role: $0.role.rawValue, why: $0.why
      )
    }
    anchors = cut.anchors
    classes = cut.classes
    droppedNodes = cut.droppedCount
    explanation = cut.explanation
  }

  /// What was found and why, a line each.
  public var description: String { explanation.joined(separator: "\n") }
}
