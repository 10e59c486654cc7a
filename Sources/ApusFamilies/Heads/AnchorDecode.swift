public import ApusBoxes
public import ApusGraph
package import ApusRuntime
public import ApusTensor
import Foundation

/// From the raw outputs of YOLOv5 and YOLOv7 to boxes in pixels of the network's input.
///
/// With σ the logistic function, c the cell, s the stride and a the anchor in pixels:
/// `x = (2σ(t_x) − 0.5 + c_x) · s`, `y` likewise; `w = (2σ(t_w))² · a_w`, `h` likewise; objectness
/// and class probabilities are σ. All in binary32, in the order of upstream's `Detect.forward`.
public struct AnchorDecode: Sendable, Hashable {
  /// One level of the head.
  public struct Level: Sendable, Hashable {
    /// Input pixels per cell.
    public var stride: Int
    /// Width and height of each anchor in input pixels, `[anchor][2]`.
    public var anchors: [[Float]]

    /// A level.
    public init(stride: Int, anchors: [[Float]]) {
      self.stride = stride
      self.anchors = anchors
    }
  }

  /// The levels, in the order of the network's outputs.
  public let levels: [Level]
  /// The number of classes.
  public let classCount: Int
  /// Whether the network has put its numbers through σ already.
  public let hasProbabilities: Bool

  /// A decoder for the given levels.
  public init(levels: [Level], classCount: Int, hasProbabilities: Bool = false) {
    self.levels = levels
    self.classCount = classCount
    self.hasProbabilities = hasProbabilities
  }

  /// The decoder for a model with raw outputs, as its card describes it.
  ///
  /// - Parameter classCount: the number of classes; that of the card's names where nil.
  public init(card: ModelCard, classCount: Int? = nil) throws(FamilyError) {
    let contents: [ModelCard.Head.Content] = [.anchorGrid, .anchorCells]
    let grids = card.heads.filter { contents.contains($0.content) }
    let classes = classCount ?? card.classNames.count
    guard !card.anchors.isEmpty || grids.isEmpty else {
      throw FamilyError(
        .heads,
        "the outputs are raw numbers of anchors, and the model does not say which anchors; give them with"
          + " --anchors in pixels, finest level first, as 10,13,16,30,33,23/30,61,62,45,59,119/...")
    }
    guard !grids.isEmpty, grids.count == card.heads.count, grids.count == card.anchors.count,
      card.anchors.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.count == 2 } }), classes > 0
    else {
      throw FamilyError(
        .heads, at: "model card",
        "describes \(card.heads.count) outputs (\(grids.count) raw), anchors of "
          + "\(card.anchors.count) levels and \(classes) classes; expected a raw "
          + "output with anchors for every level")
    }
    // Anchors and strides of a card go from the finest level on, heads in any order.
    let strides = Set(grids.compactMap(\.stride)).sorted()
    var levels: [Level] = []
    for (index, head) in grids.enumerated() {
      guard let stride = head.stride ?? card.strides.dropFirst(index).first, stride > 0 else {
        throw FamilyError(.heads, at: head.output, "the model card gives no stride for it")
      }
      let place = strides.count == grids.count ? strides.firstIndex(of: stride) ?? index : index
      levels.append(Level(stride: stride, anchors: card.anchors[place]))
    }
    self.init(
      levels: levels, classCount: classes,
      hasProbabilities: grids.contains { $0.hasProbabilities ?? false })
  }

  /// The detections of one picture after suppression, best first, in input pixels.
  ///
  /// - Parameters:
  ///   - heads: the raw outputs, one per level, each `[N, anchors · (5 + classes), H, W]` or
  ///     `[N, anchors, H, W, 5 + classes]`.
  ///   - image: which picture of the batch.
  public func detections(
    heads: [Tensor], image: Int = 0, options: NMS.Options = .detect
  ) throws(FamilyError) -> [Detection] {
    NMS.suppress(
      try candidates(heads: heads, image: image, options: options), options: options)
  }

  /// The candidates of one picture before suppression, in the order of upstream's rows: level,
  /// anchor, cell row, cell column.
  ///
  /// Objectness is looked at first; boxes and classes are computed only where it passes.
  public func candidates(
    heads: [Tensor], image: Int = 0, options: NMS.Options
  ) throws(FamilyError) -> [Detection] {
    let gate = NMS.RowGate(classCount: classCount, options: options)
    var found: [Detection] = []
    var probabilities = [Float](repeating: 0, count: classCount)
    try forEachCell(heads, image: image) { append($0, gate, &probabilities, to: &found) }
    return found
  }

  /// The same of outputs that are still maps `[rows, columns, anchors · (5 + classes)]`: what they are asked first is
  /// asked of their elements, and only the cells that pass become numbers.
  package func detections(
    maps: [OutputMap], options: NMS.Options = .detect
  ) throws(FamilyError) -> [Detection] {
    guard maps.count == levels.count else {
      throw FamilyError(
        .heads, "got \(maps.count) outputs, expected one for each of \(levels.count) levels")
    }
    let gate = NMS.RowGate(classCount: classCount, options: options)
    let least = hasProbabilities ? gate.objectness : Logit.below(gate.objectness)
    let width = 5 + classCount
    var found: [Detection] = []
    var probabilities = [Float](repeating: 0, count: classCount)
    var numbers = [Float](repeating: 0, count: width)
    for (index, (level, map)) in zip(levels, maps).enumerated() {
      guard map.channels == level.anchors.count * width else {
        throw FamilyError(
          .heads, at: "output \(index)",
          "has \(map.channels) channels, expected \(level.anchors.count) anchors of \(width)")
      }
      let limit = map.limit(least)
      var columns = [Int32](repeating: 0, count: map.columns)
      for (place, anchor) in level.anchors.enumerated() {
        let cells = map.channels(place * width..<(place + 1) * width)
        let objectness = cells.channels(4..<5)
        for row in 0..<map.rows {
          let count = objectness.columns(ofRow: row, above: limit, into: &columns)
          for column in columns[..<count] {
            cells.read(row: row, column: Int(column), into: &numbers)
            let cell = Cell(
              values: numbers, start: 0, step: 1, isActivated: hasProbabilities, row: row,
              column: Int(column), stride: Float(level.stride), anchor: (anchor[0], anchor[1]))
            append(cell, gate, &probabilities, to: &found)
          }
        }
      }
    }
    return NMS.suppress(found, options: options)
  }

  private func append(
    _ cell: Cell, _ gate: NMS.RowGate, _ probabilities: inout [Float], to found: inout [Detection]
  ) {
    let objectness = cell.sigmoid(4)
    guard objectness > gate.objectness else { return }
    for classID in 0..<classCount { probabilities[classID] = cell.sigmoid(5 + classID) }
    gate.append(
      box: cell.box.corners, objectness: objectness, probabilities: probabilities[...],
      to: &found)
  }

  /// All decoded rows of one picture, `[boxes, 5 + classes]`, as upstream's decoded output has them.
  public func rows(heads: [Tensor], image: Int = 0) throws(FamilyError) -> [Float] {
    var rows: [Float] = []
    try forEachCell(heads, image: image) { cell in
      let box = cell.box
      rows.append(box.x)
      rows.append(box.y)
      rows.append(box.width)
      rows.append(box.height)
      for channel in 4..<(5 + classCount) { rows.append(cell.sigmoid(channel)) }
    }
    return rows
  }

  private func forEachCell(
    _ heads: [Tensor], image: Int, _ body: (Cell) -> Void
  ) throws(FamilyError) {
    guard heads.count == levels.count else {
      throw FamilyError(
        .heads, "got \(heads.count) outputs, expected one for each of \(levels.count) levels")
    }
    for (index, (level, head)) in zip(levels, heads).enumerated() {
      let grid = try grid(head, of: level, image: image, place: index)
      let values = head.floats
      for (place, anchor) in level.anchors.enumerated() {
        let start = grid.start + place * grid.anchorStep
        for row in 0..<grid.rows {
          for column in 0..<grid.columns {
            body(
              Cell(
                values: values, start: start + (row * grid.columns + column) * grid.cellStep,
                step: grid.numberStep, isActivated: hasProbabilities, row: row, column: column,
                stride: Float(level.stride), anchor: (anchor[0], anchor[1])))
          }
        }
      }
    }
  }

  /// Where the numbers of one level lie.
  private struct Grid {
    let rows: Int
    let columns: Int
    let start: Int
    let anchorStep: Int
    let cellStep: Int
    let numberStep: Int
  }

  private func grid(
    _ head: Tensor, of level: Level, image: Int, place: Int
  ) throws(FamilyError) -> Grid {
    let width = 5 + classCount
    let anchors = level.anchors.count
    let shape = head.shape.dimensions
    let isFit = head.dtype.isFloatingPoint && image >= 0 && image < (shape.first ?? 0)
    if isFit, shape.count == 4, shape[1] == anchors * width {
      let plane = shape[2] * shape[3]
      return Grid(
        rows: shape[2], columns: shape[3], start: image * anchors * width * plane,
        anchorStep: width * plane, cellStep: 1, numberStep: plane)
    }
    if isFit, shape.count == 5, shape[1] == anchors, shape[4] == width {
      let plane = shape[2] * shape[3]
      return Grid(
        rows: shape[2], columns: shape[3], start: image * anchors * width * plane,
        anchorStep: width * plane, cellStep: width, numberStep: 1)
    }
    throw FamilyError(
      .heads, at: "output \(place)",
      "is \(head.dtype) \(head.shape), expected floats [more than \(image), \(anchors * width), H, W] or"
        + " [more than \(image), \(anchors), H, W, \(width)] for \(anchors) anchors and \(classCount)"
        + " classes")
  }
}

/// The raw numbers of one anchor in one cell.
private struct Cell {
  let values: [Float]
  /// The place of the first number.
  let start: Int
  /// From one number to the next.
  let step: Int
  let isActivated: Bool
  let row: Int
  let column: Int
  let stride: Float
  let anchor: (width: Float, height: Float)

  func sigmoid(_ number: Int) -> Float {
    let value = values[start + number * step]
    return isActivated ? value : 1 / (1 + exp(-value))
  }

  var box: CentreBox {
    let width = sigmoid(2) * 2
    let height = sigmoid(3) * 2
    return CentreBox(
      x: (sigmoid(0) * 2 - 0.5 + Float(column)) * stride,
      y: (sigmoid(1) * 2 - 0.5 + Float(row)) * stride,
      width: width * width * anchor.width, height: height * height * anchor.height)
  }
}
