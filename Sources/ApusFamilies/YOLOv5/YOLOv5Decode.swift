public import ApusBoxes
public import ApusGraph
public import ApusTensor
import Foundation

/// From the raw outputs of a YOLOv5 network to detections in pixels of the network's input.
///
/// With σ the logistic function, c the cell, s the stride and a the anchor in pixels:
/// `x = (2σ(t_x) − 0.5 + c_x) · s`, `y` likewise; `w = (2σ(t_w))² · a_w`, `h` likewise; objectness
/// and class probabilities are σ. All in binary32, in the order of upstream's `Detect.forward`.
public struct YOLOv5Decode: Sendable, Hashable {
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

  /// A decoder for the given levels.
  public init(levels: [Level], classCount: Int) {
    self.levels = levels
    self.classCount = classCount
  }

  /// The decoder for a model with raw outputs, as its card describes it.
  public init(card: ModelCard) throws(FamilyError) {
    let grids = card.heads.filter { $0.content == .anchorGrid }
    guard !grids.isEmpty, grids.count == card.heads.count, grids.count == card.anchors.count,
      card.anchors.allSatisfy({ $0.allSatisfy { $0.count == 2 } }), !card.classNames.isEmpty
    else {
      throw FamilyError(
        .heads, at: "model card",
        "describes \(card.heads.count) outputs (\(grids.count) raw), anchors of "
          + "\(card.anchors.count) levels and \(card.classNames.count) classes; expected a raw "
          + "output with anchors for every level")
    }
    var levels: [Level] = []
    for (index, head) in grids.enumerated() {
      guard let stride = head.stride ?? card.strides.dropFirst(index).first, stride > 0 else {
        throw FamilyError(.heads, at: head.output, "the model card gives no stride for it")
      }
      levels.append(Level(stride: stride, anchors: card.anchors[index]))
    }
    self.init(levels: levels, classCount: card.classNames.count)
  }

  /// The detections of one picture after suppression, best first, in input pixels.
  ///
  /// - Parameters:
  ///   - heads: the raw outputs, `[N, anchors · (5 + classes), H, W]`, one per level.
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
    try forEachCell(heads, image: image) { cell in
      let objectness = cell.sigmoid(4)
      guard objectness > gate.objectness else { return }
      for classID in 0..<classCount { probabilities[classID] = cell.sigmoid(5 + classID) }
      gate.append(
        box: cell.box.corners, objectness: objectness, probabilities: probabilities[...],
        to: &found)
    }
    return found
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
      let width = 5 + classCount
      let channels = level.anchors.count * width
      guard head.dtype.isFloatingPoint, head.shape.rank == 4, head.shape[1] == channels,
        image >= 0, image < head.shape[0]
      else {
        throw FamilyError(
          .heads, at: "output \(index)",
          "is \(head.dtype) \(head.shape), expected floats [more than \(image), \(channels), H, W] "
            + "for \(level.anchors.count) anchors and \(classCount) classes")
      }
      let values = head.floats
      let (rows, columns) = (head.shape[2], head.shape[3])
      let plane = rows * columns
      for (place, anchor) in level.anchors.enumerated() {
        let start = (image * channels + place * width) * plane
        for row in 0..<rows {
          for column in 0..<columns {
            body(
              Cell(
                values: values, start: start + row * columns + column, plane: plane, row: row,
                column: column, stride: Float(level.stride), anchor: (anchor[0], anchor[1])))
          }
        }
      }
    }
  }
}

/// The raw numbers of one anchor in one cell.
private struct Cell {
  let values: [Float]
  /// The place of the first number; the next ones follow at a distance of one plane.
  let start: Int
  let plane: Int
  let row: Int
  let column: Int
  let stride: Float
  let anchor: (width: Float, height: Float)

  func sigmoid(_ channel: Int) -> Float {
    1 / (1 + exp(-values[start + channel * plane]))
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
