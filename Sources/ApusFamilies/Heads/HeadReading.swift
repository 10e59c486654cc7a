package import ApusBoxes
package import ApusGraph
package import ApusRuntime
package import ApusTensor

/// How the outputs of a network become detections: what its card says of them, made ready.
package struct HeadReading: Sendable {
  private enum Form: Sendable {
    case anchors(AnchorDecode, outputs: [Int])
    case distances(AnchorFreeDecode)
    case objectness(output: Int)
    case classes(output: Int)
    case finished(output: Int)
    case rows(output: Int)
    case counted(counts: Int, boxes: Int, scores: Int, classes: Int)
  }

  private let form: Form
  private let suppression: ModelCard.Suppression
  /// The number of classes, where the outputs tell.
  package let classCount: Int?

  /// The reading of a graph's outputs as its card states them; the number of classes comes from their shapes.
  ///
  /// - Throws: `FamilyError` where the card describes no outputs that can be read, lacks anchors, or
  ///   contradicts the outputs.
  package init(_ graph: Graph) throws(FamilyError) {
    let card = graph.card
    suppression = card.suppression
    var heads: [PlacedHead] = []
    for head in card.heads {
      guard let place = graph.outputs.firstIndex(where: { graph[$0].name == head.output }) else {
        throw FamilyError(
          .heads, at: head.output, "the model card describes this output, which the model has not")
      }
      heads.append(
        PlacedHead(head: head, output: place, shape: graph[graph.outputs[place]].fact.shape))
    }
    func only(_ content: ModelCard.Head.Content) -> PlacedHead? {
      heads.first { $0.head.content == content }
    }
    let names = card.classNames.isEmpty ? nil : card.classNames.count
    if let counts = only(.detectionCount), let boxes = only(.detectionBoxes),
      let scores = only(.detectionScores), let classes = only(.detectionClasses)
    {
      form = .counted(
        counts: counts.output, boxes: boxes.output, scores: scores.output, classes: classes.output)
      classCount = nil
    } else if let head = only(.detections) {
      form = .finished(output: head.output)
      classCount = nil
    } else if let head = only(.detectionRows) {
      form = .rows(output: head.output)
      classCount = nil
    } else if let head = only(.boxesWithObjectness) {
      form = .objectness(output: head.output)
      classCount = head.size(fromEnd: 1).map { $0 - 5 } ?? names
    } else if let head = only(.boxesWithClasses) {
      form = .classes(output: head.output)
      classCount = head.size(fromEnd: 2).map { $0 - 4 } ?? names
    } else if heads.contains(where: { $0.isAnchored }) {
      let grids = heads.filter(\.isAnchored)
      var card = card
      card.heads = grids.map(\.head)
      let anchors = card.anchors.first?.count ?? 0
      let count = grids[0].classCount(anchors: anchors)
      if let count, anchors > 0, count.channels % anchors != 0 || count.classes < 1 {
        throw FamilyError(
          .heads, at: grids[0].head.output,
          "\(count.channels) channels are not \(anchors) anchors of 5 numbers and at least one class"
            + " each; give the right anchors with --anchors")
      }
      let decode = try AnchorDecode(card: card, classCount: count?.classes ?? names)
      form = .anchors(decode, outputs: grids.map(\.output))
      classCount = decode.classCount
    } else {
      let decode = try AnchorFreeDecode(card: card, heads: heads)
      form = .distances(decode)
      classCount = decode.classCount
    }
  }

  /// The detections of one picture, best first, in pixels of the network's input.
  ///
  /// - Parameters:
  ///   - inputSize: height and width of the network's input in pixels.
  ///   - suppressesDuplicates: whether detections that come without suppression, or after the network's own,
  ///     are suppressed once more.
  package func detections(
    _ outputs: [Tensor], image: Int = 0, inputSize: (height: Int, width: Int),
    options: NMS.Options = .detect, suppressesDuplicates: Bool = false
  ) throws(FamilyError) -> [Detection] {
    var found: [Detection]
    var isFinished = endsWithoutSuppression
    switch form {
    case .anchors(let decode, let places):
      return try decode.detections(
        heads: places.map { outputs[$0] }, image: image, options: options)
    case .distances(let decode):
      found = try decode.detections(
        outputs, image: image, inputSize: inputSize, options: options, suppression: suppression)
    case .objectness(let output):
      return try DecodedOutput.detections(
        withObjectness: outputs[output], image: image, options: options)
    case .classes(let output):
      found = try DecodedOutput.detections(
        withClasses: outputs[output], image: image, options: options, suppression: suppression)
    case .finished(let output):
      found = try DecodedOutput.detections(
        finished: outputs[output], image: image, options: options)
      isFinished = true
    case .rows(let output):
      found = try DecodedOutput.detections(
        rowsOfAllPictures: outputs[output], image: image, options: options)
      isFinished = true
    case .counted(let counts, let boxes, let scores, let classes):
      found = try DecodedOutput.detections(
        counts: outputs[counts], boxes: outputs[boxes], scores: outputs[scores],
        classes: outputs[classes], image: image, options: options)
      isFinished = true
    }
    if suppressesDuplicates && isFinished { found = NMS.suppress(found, options: options) }
    return found
  }

  private var endsWithoutSuppression: Bool { suppression == .topK }

  /// Whether detections can be read from maps, as the network's last steps leave them.
  package var readsMaps: Bool {
    switch form {
    case .anchors, .distances: true
    case .objectness, .classes, .finished, .rows, .counted: false
    }
  }

  /// The same of outputs that are still maps, all of them, each of one picture; nil where the form of the outputs is
  /// none of grids.
  package func detections(
    maps: [OutputMap], inputSize: (height: Int, width: Int), options: NMS.Options = .detect,
    suppressesDuplicates: Bool = false
  ) throws(FamilyError) -> [Detection]? {
    switch form {
    case .anchors(let decode, let places):
      return try decode.detections(maps: places.map { maps[$0] }, options: options)
    case .distances(let decode):
      let found = try decode.detections(
        maps: maps, inputSize: inputSize, options: options, suppression: suppression)
      return suppressesDuplicates && endsWithoutSuppression
        ? NMS.suppress(found, options: options) : found
    case .objectness, .classes, .finished, .rows, .counted: return nil
    }
  }
}

/// A head of the card with its place among the outputs and its shape.
struct PlacedHead {
  let head: ModelCard.Head
  let output: Int
  let shape: [Dimension]?

  var isAnchored: Bool { head.content == .anchorGrid || head.content == .anchorCells }

  /// The size of an axis counted from the last one (1), where it is a number.
  func size(fromEnd place: Int) -> Int? {
    guard let shape, shape.count >= place, let size = shape[shape.count - place].fixed,
      (0...(1 << 28)).contains(size)
    else { return nil }
    return size
  }

  /// The channels of a grid or of cells, where they are a number.
  var channels: Int? {
    switch shape?.count {
    case 4?: size(fromEnd: 3)
    default: size(fromEnd: 1)
    }
  }

  /// All numbers of a cell, and the classes among them.
  func classCount(anchors: Int) -> (channels: Int, classes: Int)? {
    guard let channels else { return nil }
    if head.content == .anchorCells { return (channels * max(anchors, 1), channels - 5) }
    return anchors > 0 ? (channels, channels / anchors - 5) : nil
  }
}

extension AnchorFreeDecode {
  /// No level is coarser.
  static let largestStride = 1 << 12

  /// The decoder for the outputs of a model as its card describes them.
  init(card: ModelCard, heads: [PlacedHead]) throws(FamilyError) {
    func all(_ content: ModelCard.Head.Content) -> [PlacedHead] {
      heads.filter { $0.head.content == content }
    }
    let joinedContents: [ModelCard.Head.Content] = [
      .distanceClassGrid, .classDistanceGrid, .classDistanceCells,
    ]
    let joined = heads.filter { joinedContents.contains($0.head.content) }
    let distances = all(.distanceGrid) + all(.distanceCells)
    let classes = all(.classGrid) + all(.classCells)
    guard let sample = joined.first ?? distances.first, let bins = sample.head.bins, bins >= 2,
      bins <= 1 << 10, sample.head.binValues.map({ $0.count == bins }) ?? true,
      joined.isEmpty != distances.isEmpty, distances.count == classes.count,
      heads.count >= joined.count + distances.count + classes.count
    else {
      throw FamilyError(
        .heads, at: "model card",
        "describes outputs that are not understood: "
          + card.heads.map { "'\($0.output)' \($0.content.rawValue)" }.joined(separator: ", "))
    }
    let names = card.classNames.isEmpty ? nil : card.classNames.count
    let found =
      joined.isEmpty
      ? classes.first?.channels : joined.first?.channels.map { $0 - 4 * bins }
    guard let classCount = found ?? names, classCount > 0 else {
      throw FamilyError(
        .heads, at: sample.head.output,
        "\(sample.channels ?? 0) channels leave no class beside 4 distributions of \(bins) steps")
    }
    var levels: [Level] = []
    for (index, head) in (joined.isEmpty ? distances : joined).enumerated() {
      let isClassFirst =
        head.head.content == .classDistanceGrid || head.head.content == .classDistanceCells
      let scores =
        joined.isEmpty
        ? Part(output: try Self.partner(of: head, at: index, among: classes).output)
        : Part(output: head.output, channel: isClassFirst ? 0 : 4 * bins)
      let boxes = Part(output: head.output, channel: isClassFirst ? classCount : 0)
      let isOfAllLevels = head.head.stride == nil && (head.shape?.count ?? 4) < 4
      for stride in isOfAllLevels ? card.strides : [head.head.stride ?? 0] {
        guard (1...Self.largestStride).contains(stride) else {
          throw FamilyError(
            .heads, at: head.head.output, "the model card gives no stride for it, or a wrong one")
        }
        levels.append(Level(stride: stride, distances: boxes, classes: scores))
      }
    }
    let binValues = sample.head.binValues
    guard (joined + distances).allSatisfy({ $0.head.binValues == binValues })
    else {
      throw FamilyError(
        .heads, at: "model card",
        "the steps of the distances are not the same \(bins) in all outputs")
    }
    let probable = joined.isEmpty ? classes : joined
    self.init(
      levels: levels.sorted { $0.stride < $1.stride }, classCount: classCount,
      binValues: binValues ?? Self.steps(bins),
      cellOffset: sample.head.cellOffset ?? 0.5,
      hasProbabilities: probable.contains { $0.head.hasProbabilities ?? false },
      clips: card.suppression == .nanodet)
  }

  /// The classes of the same level as some distances.
  private static func partner(
    of head: PlacedHead, at index: Int, among classes: [PlacedHead]
  ) throws(FamilyError) -> PlacedHead {
    if let same = classes.first(where: { $0.head.stride == head.head.stride }) { return same }
    guard head.head.stride == nil, index < classes.count else {
      throw FamilyError(
        .heads, at: head.head.output,
        "no output holds the classes of stride \(head.head.stride ?? 0)")
    }
    return classes[index]
  }
}
