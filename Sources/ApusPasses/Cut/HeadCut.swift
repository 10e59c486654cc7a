public import ApusGraph
import ApusOperators

/// Where a detector's network ends and its decoding begins.
public struct HeadCut: Sendable {
  /// What the numbers of a head are.
  public enum Role: String, Sendable, Hashable {
    /// Boxes, objectness and classes of every anchor, `[N, anchors * (5 + classes), H, W]`.
    case anchorGrid
    /// Box coordinates or their distributions, `[N, 4 * bins, H, W]`.
    case boxes
    /// Class scores, `[N, classes, H, W]`.
    case classes
    /// Objectness, `[N, 1, H, W]`.
    case objectness
    /// Class scores and box distributions of one box a cell, `[N, classes + 4 * bins, H, W]`.
    case classesAndBoxes
    /// What cannot be told from the structure.
    case other
  }

  /// One value that the cut model gives out.
  public struct Head: Sendable, Hashable {
    /// The value.
    public let value: ValueID
    /// The value's name.
    public let name: String
    /// Its channels.
    public let channels: Int
    /// Input pixels per cell.
    public let stride: Int
    /// What its numbers are.
    public let role: Role
    /// How that was found out.
    public let why: String
    /// Steps of a box's distributions, where the head holds such.
    public var bins: Int?
    /// The values of these steps, where they are not 0, 1, 2, ….
    public var binValues: [Float]?
  }

  /// The heads: finest level first, boxes before classes.
  public let heads: [Head]
  /// Anchors of every cell, where that can be told.
  public let anchors: Int?
  /// Classes, where that can be told.
  public let classes: Int?
  /// Widths and heights of the anchors in input pixels, `[level][anchor][2]`, finest level first, read from the
  /// decoding that is dropped; nil where there are none or nothing tells them.
  public var anchorSizes: [[[Float]]]?
  /// How the dropped part makes one of several detections of an object; nil where heads have anchors.
  public var suppression: ModelCard.Suppression?
  /// How many nodes of each operator are dropped.
  public let dropped: [OperatorKind: Int]
  /// What was found and why, a line each.
  public let explanation: [String]
  /// The change that makes the heads the graph's outputs.
  public let patch: Patch

  /// How many nodes are dropped.
  public var droppedCount: Int { dropped.values.reduce(0, +) }

  /// Cuts the graph the heads were found in, and has its card say what the outputs are.
  public func apply(to graph: inout Graph) throws(GraphError) {
    let stated = statedHeads(in: graph)
    try graph.apply(patch)
    let levels = Set(heads.map(\.stride)).sorted()
    graph.card.heads = heads.map { head in
      let name = graph[head.value].name
      // What the card describes it knows better than the graph shows.
      if var known = stated?[head.value] {
        known.output = name
        return known
      }
      let content = content(of: head)
      // NanoDet-Plus, which has a fourth level, measures from the corners of cells.
      let offset: Float = suppression == .nanodet && levels.count == 4 ? 0 : 0.5
      return ModelCard.Head(
        output: name, content: content, stride: head.stride,
        bins: content == .other ? nil : head.bins,
        binValues: content == .other ? nil : head.binValues,
        cellOffset: content == .other || head.bins == nil ? nil : offset)
    }
    if let anchorSizes { graph.card.anchors = anchorSizes }
    if graph.card.family.isEmpty, let suppression { graph.card.suppression = suppression }
    if graph.card.strides.isEmpty { graph.card.strides = Set(heads.map(\.stride)).sorted() }
  }
}

extension HeadCut {
  /// What the card says of the heads, where it describes these very values or what they are converted to; nil
  /// where it describes others.
  private func statedHeads(in graph: Graph) -> [ValueID: ModelCard.Head]? {
    var found: [ValueID: ModelCard.Head] = [:]
    for head in graph.card.heads {
      guard var value = graph.outputs.first(where: { graph[$0].name == head.output }) else {
        return nil
      }
      while let node = graph.producer(of: value), node.op is Cast, let source = node.inputs[0] {
        value = source
      }
      found[value] = head
    }
    return heads.allSatisfy { found[$0.value] != nil } && found.count == heads.count ? found : nil
  }

  /// What the card says of a head: all of it where boxes can be made of the heads, else nothing.
  private func content(of head: Head) -> ModelCard.Head.Content {
    let isComplete = heads.filter { $0.role == .boxes }.allSatisfy { $0.bins != nil }
    return switch head.role {
    case .anchorGrid: .anchorGrid
    case .boxes where isComplete: .distanceGrid
    case .classes where isComplete: .classGrid
    case .classesAndBoxes: .classDistanceGrid
    case .boxes, .classes, .objectness, .other: .other
    }
  }
}

/// Why a model could not be cut.
public struct CutError: Error, Sendable, CustomStringConvertible {
  /// What is wrong, and what was seen.
  public let message: String
  /// Values a person may want to name with `--outputs`.
  public let candidates: [String]

  init(_ message: String, candidates: [String] = []) {
    self.message = message
    self.candidates = candidates
  }

  /// What is wrong, what was seen, and what to do.
  public var description: String {
    let advice =
      candidates.isEmpty
      ? "name the values with --outputs"
      : "name the values with --outputs; candidates: \(candidates.joined(separator: ", "))"
    return "\(message); \(advice)"
  }
}
