import ApusGraph
import ApusOperators

/// What the convolutions at the end of a detector are, told from channels, strides and how they are decoded.
struct HeadLayout {
  /// A head with its place in the picture.
  struct Level {
    let found: HeadFinder.Found
    let channels: Int
    let stride: Int
    let rows: Int
    let columns: Int

    var cells: Int { rows * columns }
  }

  let finder: HeadFinder
  let levels: [Level]
  /// What the symbols of the picture's height and width stand for.
  let symbolSizes: [String: Int]
  /// What the symbols of the batch stand for: one picture.
  let batchSizes: [String: Int]

  /// The size a symbolic picture axis is tried with; all usual strides divide it.
  static let trialSize = 640
  /// No picture, channel or number of boxes is larger; products of three of these fit into an integer.
  static let largestSize = 1 << 20

  init(_ finder: HeadFinder) throws(CutError) {
    self.finder = finder
    let graph = finder.graph
    guard let input = graph.inputs.first(where: { graph[$0].fact.shape?.count == 4 }),
      let picture = graph[input].fact.shape
    else { throw CutError("the model has no input of the form [N, C, H, W]") }
    var levels: [Level] = []
    let symbols = Set(picture.dropFirst().flatMap(\.symbols))
    let sizes = Dictionary(uniqueKeysWithValues: symbols.map { ($0, Self.trialSize) })
    symbolSizes = sizes
    batchSizes = Dictionary(
      uniqueKeysWithValues: picture[0].symbols.subtracting(symbols).map { ($0, 1) })
    func number(_ size: Dimension) -> Int? {
      size.substituting(sizes).fixed.flatMap { $0 <= Self.largestSize ? $0 : nil }
    }
    guard let height = number(picture[2]), let width = number(picture[3]) else {
      throw CutError("the picture size \(picture) cannot be told")
    }
    for found in finder.found {
      let name = graph[found.value].name
      guard let shape = graph[found.value].fact.shape, shape.count == 4,
        let channels = number(shape[1]), let h = number(shape[2]), let w = number(shape[3]), h > 0,
        w > 0
      else { throw CutError("the shape of '\(name)' is not known: \(graph[found.value].fact)") }
      guard let stride = Self.stride(height, width, rows: h, columns: w) else {
        throw CutError(
          "'\(name)' has \(h) x \(w) cells, which do not divide the picture's \(height) x \(width)"
            + " evenly", candidates: Self.names(finder))
      }
      levels.append(
        Level(found: found, channels: channels, stride: stride, rows: h, columns: w))
    }
    self.levels = levels.sorted { $0.stride < $1.stride }
    try checkStrides()
  }

  /// Input pixels per cell: a power of two, with the last row and column cut short where need be, or else what
  /// divides the picture evenly.
  private static func stride(_ height: Int, _ width: Int, rows: Int, columns: Int) -> Int? {
    let usual = [2, 4, 8, 16, 32, 64, 128]
    return usual.first { rows * $0 == height && columns * $0 == width }
      ?? usual.first {
        (height + $0 - 1) / $0 == rows && (width + $0 - 1) / $0 == columns
      }
      ?? (height % rows == 0 && width % columns == 0 && height / rows == width / columns
        ? height / rows : nil)
  }

  /// The names of what was found.
  static func names(_ finder: HeadFinder) -> [String] {
    finder.found.map { finder.graph[$0.value].name }
  }

  /// The strides, finest first.
  var strides: [Int] { Set(levels.map(\.stride)).sorted() }

  private func checkStrides() throws(CutError) {
    let names = Self.names(finder)
    guard let first = strides.first, strides.count >= 2,
      zip(strides, strides.dropFirst()).allSatisfy({ $1 == 2 * $0 }), [4, 8, 16].contains(first)
    else {
      let seen = levels.map {
        "\(finder.graph[$0.found.value].name) (\($0.channels) channels, stride \($0.stride))"
      }
      throw CutError(
        "the last convolutions do not look like the levels of a detector, strides 8, 16, 32: "
          + (seen.isEmpty ? "none was found" : seen.joined(separator: ", "))
          + finder.obstacles.prefix(2).map { "; \($0)" }.joined(), candidates: names)
    }
    let perStride = strides.map { stride in levels.filter { $0.stride == stride } }
    guard let count = perStride.first?.count, perStride.allSatisfy({ $0.count == count }) else {
      throw CutError(
        "the levels have different numbers of heads: "
          + perStride.map { "\($0.count) at stride \($0.first?.stride ?? 0)" }
          .joined(separator: ", "), candidates: names)
    }
    let channels = perStride.map { level in level.map(\.channels).sorted() }
    guard channels.allSatisfy({ $0 == channels[0] }) else {
      throw CutError("the levels have different channels: \(channels)", candidates: names)
    }
  }

  /// The number of heads of one level.
  var headsPerLevel: Int { levels.count / max(1, strides.count) }

  /// The cells of one head of each level.
  var cells: Int {
    strides.reduce(0) { sum, stride in
      sum + (levels.first { $0.stride == stride }?.cells ?? 0)
    }
  }
}

extension HeadLayout {
  /// The classes of a detector with one box per cell, where a sigmoid over the first channels of its heads tells
  /// them, nothing else being computed (NanoDet).
  func activatedClasses() -> Int? {
    guard let level = levels.first, headsPerLevel == 1,
      finder.decoding.values.allSatisfy({
        $0.op is Sigmoid || $0.op is any ShapeOnly || $0.op is Transpose || $0.op is Concat
          || $0.op is Split || $0.op is Slice || $0.op is Cast || $0.op is ShapeOf
          || $0.op is Gather
      })
    else { return nil }
    for node in finder.decoding.values where node.op is Sigmoid {
      let shape = finder.graph[node.outputs[0]].fact.shape ?? []
      for size in shape.count == 4 ? shape[1..<2] : shape.count == 3 ? shape[1..<3] : [] {
        guard let classes = size.fixed, classes < level.channels, level.channels - classes >= 8,
          (level.channels - classes) % 4 == 0, !levels.contains(where: { $0.cells == classes })
        else { continue }
        return classes
      }
    }
    return nil
  }

  /// Anchors and numbers per anchor of a detector with one head per level, and how they were told.
  struct AnchorGrid {
    let anchors: Int
    let numbers: Int
    let why: String
  }

  /// Tells the anchors from the values that the heads are decoded through.
  func anchorGrid() throws(CutError) -> AnchorGrid? {
    guard headsPerLevel == 1, let channels = levels.first?.channels else { return nil }
    var grid: AnchorGrid?
    for level in levels {
      guard let split = splitChannels(level) else { continue }
      if let known = grid, known.anchors != split.anchors {
        throw CutError(
          "the levels have different numbers of anchors, \(known.anchors) and \(split.anchors)",
          candidates: Self.names(finder))
      }
      grid = split
    }
    let joined = joinedBoxes(channels: channels)
    if let grid, let joined, joined.anchors != grid.anchors || joined.numbers != grid.numbers {
      throw CutError(
        "\(grid.why), but \(joined.why)", candidates: Self.names(finder))
    }
    if let grid { try checkBoxes(grid) }
    return grid ?? joined ?? assumedAnchors(channels: channels)
  }

  /// Fails where an output has another number of boxes than the anchors of all cells.
  private func checkBoxes(_ grid: AnchorGrid) throws(CutError) {
    for output in finder.graph.outputs {
      guard let shape = finder.graph[output].fact.shape, shape.count == 3,
        shape[2] == .fixed(grid.numbers), let boxes = shape[1].fixed,
        boxes != grid.anchors * cells
      else { continue }
      throw CutError(
        "output '\(finder.graph[output].name)' has \(boxes) boxes, but \(cells) cells of"
          + " \(grid.anchors) anchors make \(grid.anchors * cells)",
        candidates: Self.names(finder))
    }
  }

  /// What the channels allow, where nothing is decoded in the graph.
  private func assumedAnchors(channels: Int) -> AnchorGrid? {
    let known = finder.graph.card.classNames.count
    if known > 0, channels % (5 + known) == 0 {
      return AnchorGrid(
        anchors: channels / (5 + known), numbers: 5 + known,
        why: "\(channels) channels and \(known) class names")
    }
    guard channels % 3 == 0, channels / 3 > 5 else { return nil }
    return AnchorGrid(
      anchors: 3, numbers: channels / 3,
      why: "\(channels) channels, assumed to be 3 anchors as is usual; nothing in the graph tells")
  }

  /// Looks for the value of shape [N, anchors, numbers, H, W] that a head is viewed as.
  private func splitChannels(_ level: Level) -> AnchorGrid? {
    for node in finder.index.consumers(of: level.found.value) where node.op is any ShapeOnly {
      guard let shape = finder.graph[node.outputs[0]].fact.shape, shape.count == 5,
        let anchors = shape[1].fixed, let numbers = shape[2].fixed,
        max(anchors, numbers) <= Self.largestSize, anchors * numbers == level.channels
      else { continue }
      return AnchorGrid(
        anchors: anchors, numbers: numbers,
        why: "'\(node.name)' views \(level.channels) channels as \(anchors) anchors of \(numbers)")
    }
    return nil
  }

  /// Looks for the value of shape [N, boxes, numbers] that all levels are joined to.
  private func joinedBoxes(channels: Int) -> AnchorGrid? {
    let cells = cells
    let values = finder.graph.outputs + finder.decoding.values.flatMap(\.outputs).sorted()
    for value in values {
      guard let shape = finder.graph[value].fact.shape, shape.count == 3,
        let boxes = shape[1].fixed, let numbers = shape[2].fixed,
        max(boxes / 64, numbers) <= Self.largestSize,
        numbers > 5, boxes % cells == 0,
        boxes / cells * numbers == channels
      else { continue }
      let anchors = boxes / cells
      return AnchorGrid(
        anchors: anchors, numbers: numbers,
        why: "'\(finder.graph[value].name)' has \(boxes) boxes of \(numbers) numbers on "
          + "\(cells) cells")
    }
    return nil
  }
}
