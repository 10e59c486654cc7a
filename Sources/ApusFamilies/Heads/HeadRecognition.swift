package import ApusGraph
import ApusOperators
import ApusTensor

/// What the outputs of a graph without our card are, told from their shapes and from what computes them.
package struct HeadRecognition: Sendable {
  /// The graph's card, with heads, strides and suppression filled in, and for NanoDet how a picture becomes
  /// the input where the card says nothing of that.
  package private(set) var card: ModelCard
  /// What was recognised, and by what.
  package private(set) var reason: String

  /// Recognises the outputs of a graph.
  ///
  /// - Throws: `FamilyError` that lists the outputs and the forms that are known.
  package init(_ graph: Graph) throws(FamilyError) {
    let outputs = SeenOutputs(graph)
    var recognised = outputs.suppressed() ?? outputs.finished()
    if recognised == nil { recognised = try outputs.boxes() }
    if recognised == nil { recognised = try outputs.cellPairs() }
    if recognised == nil { recognised = try outputs.grids() }
    guard let found = recognised else {
      throw outputs.refusal("the outputs are not understood")
    }
    card = graph.card
    reason = found.reason
    card.heads = found.heads
    if let strides = found.strides { card.strides = strides }
    guard let suppression = found.suppression else { return }
    card.suppression = suppression
    if suppression == .nanodet { describeNanoDet(levels: found.strides ?? []) }
  }

  /// What NanoDet's demo does, where the card does not say otherwise.
  private mutating func describeNanoDet(levels: [Int]) {
    let isPlus = levels.count == 4
    let plain = ModelCard()
    if card.family.isEmpty { card.family = "NanoDet" }
    if card.confidenceThreshold == plain.confidenceThreshold { card.confidenceThreshold = 0.4 }
    if card.iouThreshold == plain.iouThreshold { card.iouThreshold = 0.5 }
    guard card.preprocess == plain.preprocess else { return }
    card.preprocess.channelOrder = .bgr
    card.preprocess.fit = isPlus ? .stretch : .letterboxCentred
    card.preprocess.interpolation = .warp
    card.preprocess.padColor = [0, 0, 0]
    card.preprocess.mean = [103.53, 116.28, 123.675]
    card.preprocess.standardDeviation = [57.375, 57.12, 58.395]
  }
}

/// The outputs of a graph, with what is asked of them again and again.
struct SeenOutputs {
  /// One output.
  struct Output {
    let id: ValueID
    let name: String
    let fact: Fact
    /// The sizes at the input's size; nil where they depend on more than that.
    let sizes: [Int?]
    let trace: OutputTrace

    var rank: Int { fact.shape == nil ? 0 : sizes.count }
    var isFloat: Bool { fact.dtype?.isFloatingPoint ?? true }
  }

  /// Heads that were recognised.
  struct Found {
    var heads: [ModelCard.Head]
    var strides: [Int]?
    var suppression: ModelCard.Suppression?
    var reason: String
  }

  let graph: Graph
  let index: GraphIndex
  let outputs: [Output]
  let levels: LevelSizes

  /// The size an input without a fixed size is tried with, and what a symbol inside a product stands for.
  private static let trialSize = (side: 640, factor: 20)

  init(_ graph: Graph) {
    self.graph = graph
    index = GraphIndex(graph)
    var sizes: [String: Int] = [:]
    var side = (height: Self.trialSize.side, width: Self.trialSize.side)
    if let input = graph.inputs.first(where: { graph[$0].fact.shape?.count == 4 }),
      let picture = graph[input].fact.shape
    {
      let card = graph.card.inputSize
      let trial = [
        1, 3, card.first ?? Self.trialSize.side, card.last ?? Self.trialSize.side,
      ]
      for (axis, size) in picture.enumerated() {
        for symbol in size.symbols where sizes[symbol] == nil {
          sizes[symbol] = size.symbol == nil ? Self.trialSize.factor : trial[axis]
        }
      }
      side.height = picture[2].substituting(sizes).fixed ?? side.height
      side.width = picture[3].substituting(sizes).fixed ?? side.width
    }
    let usual = 1...(1 << 20)
    levels = LevelSizes(
      height: usual.contains(side.height) ? side.height : Self.trialSize.side,
      width: usual.contains(side.width) ? side.width : Self.trialSize.side)
    let (known, index) = (sizes, index)
    outputs = graph.outputs.map { id in
      let fact = graph[id].fact
      return Output(
        id: id, name: graph[id].name, fact: fact,
        sizes: (fact.shape ?? []).map {
          $0.substituting(known).fixed.flatMap { (0...(1 << 32)).contains($0) ? $0 : nil }
        },
        trace: OutputTrace(id, in: index))
    }
  }

  /// The number of class names of the card; nil where there are none.
  var nameCount: Int? { graph.card.classNames.isEmpty ? nil : graph.card.classNames.count }

  /// Whether boxes are selected in the graph.
  private var selector: Node? {
    graph.nodes.first {
      $0.op is TopK || $0.op is NonMaxSuppression || $0.op is EfficientNMS
    }
  }

  /// The four outputs of TensorRT's suppression.
  func suppressed() -> Found? {
    let contents: [ModelCard.Head.Content] = [
      .detectionCount, .detectionBoxes, .detectionScores, .detectionClasses,
    ]
    var heads: [ModelCard.Head] = []
    for (place, content) in contents.enumerated() {
      let output = outputs.first { output in
        var value = output.id
        while let node = index.producer(of: value), node.op is Cast || node.op is any ShapeOnly,
          let source = node.inputs.first ?? nil
        {
          value = source
        }
        guard let node = index.producer(of: value), node.op is EfficientNMS else { return false }
        return node.outputs.count == 4 && node.outputs[place] == value
      }
      guard let output else { return nil }
      heads.append(ModelCard.Head(output: output.name, content: content))
    }
    return Found(
      heads: heads,
      reason:
        "count, boxes, scores and classes of an EfficientNMS_TRT node (TensorRT's end-to-end form)")
  }

  /// Rows of detections that the graph has selected.
  func finished() -> Found? {
    guard let selector else { return nil }
    for output in outputs where output.isFloat {
      if output.rank == 3, output.sizes[2] == 6 {
        return Found(
          heads: [ModelCard.Head(output: output.name, content: .detections)],
          reason: "'\(output.name)' has 6 numbers a box and the graph selects boxes with"
            + " \(selector.op.kind): corners, score, class")
      }
      if output.rank == 2, output.sizes[1] == 7 {
        return Found(
          heads: [ModelCard.Head(output: output.name, content: .detectionRows)],
          reason: "'\(output.name)' has 7 numbers a row and the graph selects boxes with"
            + " \(selector.op.kind): picture, corners, class, score (YOLOv7's end-to-end form)")
      }
    }
    return nil
  }

  /// An error that lists what was seen and what is known.
  func refusal(_ what: String) -> FamilyError {
    let listed = outputs.map { "'\($0.name)' \($0.fact)" }.joined(separator: ", ")
    return FamilyError(
      .heads,
      "\(what): \(listed), for an input of \(levels.width)x\(levels.height); known forms are decoded boxes"
        + " [N, boxes, 5 + classes] or [N, 4 + classes, boxes], finished detections [N, boxes, 6],"
        + " [detections, 7] or those of EfficientNMS_TRT, NanoDet's [N, cells, classes + 4 * bins], and raw"
        + " heads of every level, [N, C, H, W] or [N, anchors, H, W, 5 + classes]; export the model in one"
        + " of these, or cut it with 'apus cut'")
  }
}
