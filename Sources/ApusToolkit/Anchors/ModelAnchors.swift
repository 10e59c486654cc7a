public import ApusDatasets
import ApusFamilies
import ApusGraph
import ApusPasses

/// The anchors of a detector, in pixels of its input, and where they were read.
public struct ModelAnchors: Sendable, Hashable {
  /// Where anchors were read.
  public enum Source: String, Sendable, Hashable, Encodable {
    /// A checkpoint's numbers in cells, times the strides.
    case checkpoint
    /// The card, or the metadata, of a model with raw heads.
    case card
    /// The boxes that the graph's own decoding makes.
    case decoding
    /// The caller.
    case given
  }

  /// The levels, finest first; all have as many anchors.
  public let levels: [AnchorLevel]
  /// Where the anchors were read.
  public let source: Source
  /// What a reader must know of them, such as a card that states others than the graph decodes with.
  public let notes: [String]

  /// The anchors of all levels, finest level first.
  public var all: [BoxSize] { levels.flatMap(\.anchors) }

  /// Input pixels per cell of each level.
  public var strides: [Int] { levels.map { Int($0.stride) } }

  /// Reads the anchors of a model.
  ///
  /// Those of raw heads are what the checkpoint or the card states; where boxes are decoded in the graph, the anchors
  /// are read from the boxes that it makes, whatever the card says.
  ///
  /// - Throws: `ApusError` where the model has no anchors, or nothing tells them.
  public init(_ model: Model) throws(ApusError) {
    var card = model.graph.card
    if !card.heads.contains(where: { $0.content != .other }),
      let recognised = try? HeadRecognition(model.graph)
    {
      card = recognised.card
    }
    if ["YOLOv10", "NanoDet"].contains(card.family) || Self.isAnchorFree(card.heads) {
      throw Self.anchorFree(model.path, card.family)
    }
    let stated = card.anchors
    if Self.isRaw(card.heads) {
      guard !stated.isEmpty else {
        throw .failure(
          "'\(model.path)': its raw heads do not tell which anchors they are trained with, and nothing else in the"
            + " file states them; give the checkpoint it was made from, or a file that Apus exported"
        )
      }
      let source: Source = if case .onnx = model.source { .card } else { .checkpoint }
      try self.init(stated, strides: Self.strides(card), source: source, file: model.path)
      return
    }
    let cut = try? HeadCut.find(in: model.graph)
    if let sizes = cut?.anchorSizes, let heads = cut?.heads {
      let notes =
        stated.isEmpty || Self.agree(stated, sizes)
        ? [] : ["the model card states other anchors; boxes follow those listed here"]
      try self.init(
        sizes, strides: Set(heads.map(\.stride)).sorted(), source: .decoding, file: model.path,
        notes: notes)
      return
    }
    if let heads = cut?.heads, heads.contains(where: { $0.bins != nil || $0.role == .boxes }) {
      throw Self.anchorFree(model.path, card.family)
    }
    guard !stated.isEmpty else {
      throw .failure(
        "'\(model.path)': no anchors were found: the file states none, and no boxes are decoded in the graph"
          + " as YOLOv5 and YOLOv7 do; give the checkpoint of a detector with anchors")
    }
    try self.init(
      stated, strides: Self.strides(card), source: .card, file: model.path,
      notes: ["only the metadata states them: the graph's decoding is not understood"])
  }

  /// Anchors as people write them, `10,13,16,30,33,23/30,61,…`, for levels of the given strides.
  ///
  /// - Throws: `ApusError` where the text is no list of anchors, or one of another number of levels.
  public init(text: String, strides: [Int]) throws(ApusError) {
    let anchors: [[[Float]]]
    do {
      anchors = try AnchorText.parse(text)
    } catch {
      throw .usage("\(error)")
    }
    guard anchors.count == strides.count else {
      throw .usage(
        "the anchors are of \(anchors.count) levels, but there are \(strides.count) strides:"
          + " \(strides.map(String.init).joined(separator: ", ")); part the levels by '/'")
    }
    do {
      try self.init(anchors, strides: strides, source: .given, file: "--anchors")
    } catch {
      throw .usage(error.message)
    }
  }

  /// Anchors found for levels of the given strides.
  init(_ levels: [AnchorLevel], source: Source) {
    self.levels = levels
    self.source = source
    notes = []
  }

  private init(
    _ anchors: [[[Float]]], strides: [Int], source: Source, file: String, notes: [String] = []
  ) throws(ApusError) {
    guard !anchors.isEmpty, anchors.count == strides.count, strides.allSatisfy({ $0 > 0 }) else {
      throw .failure(
        "'\(file)': states anchors of \(anchors.count) levels for the strides \(strides), expected one stride"
          + " for every level; export the model again")
    }
    let count = anchors[0].count
    for (level, sizes) in anchors.enumerated() {
      guard count > 0, sizes.count == count else {
        throw .failure(
          "'\(file)': the levels have \(anchors.map(\.count)) anchors, expected as many on every level;"
            + " correct them")
      }
      for (place, size) in sizes.enumerated()
      where size.count != 2 || !size.allSatisfy({ $0 > 0 && $0 <= 1_000_000 }) {
        let text = size.map { "\($0)" }.joined(separator: " x ")
        throw .failure(
          "'\(file)': anchor \(place) of level \(level) is \(text), expected a width and a height of more than 0"
            + " and at most 1000000 pixels; correct it")
      }
    }
    levels = zip(anchors, strides).map { sizes, stride in
      AnchorLevel(
        stride: Double(stride),
        anchors: sizes.map { BoxSize(width: Double($0[0]), height: Double($0[1])) })
    }
    self.source = source
    self.notes = notes
  }

  /// The anchors as a card keeps them, `[level][anchor][2]`.
  var cardAnchors: [[[Float]]] {
    levels.map { $0.anchors.map { [Float($0.width), Float($0.height)] } }
  }

  /// Whether all heads are raw numbers of anchors.
  static func isRaw(_ heads: [ModelCard.Head]) -> Bool {
    !heads.isEmpty && heads.allSatisfy { $0.content == .anchorGrid || $0.content == .anchorCells }
  }

  private static func isAnchorFree(_ heads: [ModelCard.Head]) -> Bool {
    let contents: [ModelCard.Head.Content] = [
      .distanceGrid, .classGrid, .distanceClassGrid, .classDistanceGrid, .classDistanceCells,
      .distanceCells, .classCells, .boxesWithClasses,
    ]
    return heads.contains { contents.contains($0.content) }
  }

  private static func anchorFree(_ path: String, _ family: String) -> ApusError {
    .failure(
      "'\(path)': \(family.isEmpty ? "the model" : family) has no anchors: boxes are measured from points in the"
        + " cells; anchors are of YOLOv5 and YOLOv7, give one of these")
  }

  private static func strides(_ card: ModelCard) -> [Int] {
    card.strides.isEmpty ? Set(card.heads.compactMap(\.stride)).sorted() : card.strides
  }

  /// Whether anchors are the same but for the digits that half precision loses.
  private static func agree(_ first: [[[Float]]], _ second: [[[Float]]]) -> Bool {
    let (a, b) = (first.flatMap { $0.flatMap(\.self) }, second.flatMap { $0.flatMap(\.self) })
    return first.map(\.count) == second.map(\.count) && a.count == b.count
      && zip(a, b).allSatisfy { abs($0 - $1) <= 0.001 * abs($0) }
  }
}
