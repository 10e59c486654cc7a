package import ApusBoxes
package import ApusGraph
package import ApusRuntime
package import ApusTensor
import Foundation

/// From the raw outputs of YOLOv10, YOLOv8 and NanoDet to boxes in pixels of the network's input.
///
/// Each cell has a point `p = (cell + offset) · s` and four distributions over `bins` steps; the distance
/// to an edge is the mean `Σ v_i · softmax(t)_i` times the stride s (distribution focal loss), `v_i = i`. Scores are
/// the sigmoid of the class numbers. All in binary32.
package struct AnchorFreeDecode: Sendable, Hashable {
  /// Where a kind of numbers lies.
  package struct Part: Sendable, Hashable {
    /// The place among the network's outputs.
    package var output: Int
    /// The first channel.
    package var channel: Int

    /// Numbers of an output from a channel on.
    package init(output: Int, channel: Int = 0) {
      self.output = output
      self.channel = channel
    }
  }
  /// One level of the head; several levels in one output follow each other cell by cell.
  package struct Level: Sendable, Hashable {
    /// Input pixels per cell.
    package var stride: Int
    /// The distributions: left, top, right, bottom.
    package var distances: Part
    /// The classes.
    package var classes: Part

    /// A level.
    package init(stride: Int, distances: Part, classes: Part) {
      self.stride = stride
      self.distances = distances
      self.classes = classes
    }
  }

  /// The levels, finest first.
  package let levels: [Level]
  /// The number of classes.
  package let classCount: Int
  /// The values of the steps of a distribution: 0, 1, 2, …, or what an export has rounded them to.
  package let binValues: [Float]
  /// Where in its cell the point lies: 0.5 the centre, 0 the corner.
  package let cellOffset: Float
  /// Whether the network has put the scores through the sigmoid already.
  package let hasProbabilities: Bool
  /// Whether boxes end at the edges of the input, as NanoDet's do.
  package let clips: Bool

  /// A decoder with the given parts.
  package init(
    levels: [Level], classCount: Int, binValues: [Float], cellOffset: Float = 0.5,
    hasProbabilities: Bool = false, clips: Bool = false
  ) {
    self.levels = levels
    self.classCount = classCount
    self.binValues = binValues
    self.cellOffset = cellOffset
    self.hasProbabilities = hasProbabilities
    self.clips = clips
  }

  /// The values of as many steps, as networks are trained with them.
  package static func steps(_ count: Int) -> [Float] { (0..<count).map { Float($0) } }

  /// The detections of one picture, best first.
  ///
  /// - Parameters:
  ///   - outputs: all outputs of the network: grids `[N, C, H, W]`, or cells `[N, cells, C]` or `[cells, C]`.
  ///   - inputSize: height and width of the network's input in pixels.
  package func detections(
    _ outputs: [Tensor], image: Int = 0, inputSize: (height: Int, width: Int),
    options: NMS.Options, suppression: ModelCard.Suppression
  ) throws(FamilyError) -> [Detection] {
    var selection = CandidateSelection(
      classCount: classCount, suppression: suppression, options: options)
    let raw = hasProbabilities ? selection.least : Logit.below(selection.least)
    try forEachCell(outputs, image: image, inputSize: inputSize) { cell in
      guard cell.classes.contains(above: raw, count: classCount) else { return }
      selection.add(score: { self.score(cell, $0) }, box: { self.box(cell) })
    }
    return selection.selected()
  }

  /// The same of outputs that are still maps `[rows, columns, C]`: the threshold is asked of their elements, and only
  /// the cells that pass become numbers.
  package func detections(
    maps: [OutputMap], inputSize: (height: Int, width: Int), options: NMS.Options,
    suppression: ModelCard.Suppression
  ) throws(FamilyError) -> [Detection] {
    var selection = CandidateSelection(
      classCount: classCount, suppression: suppression, options: options)
    let least = hasProbabilities ? selection.least : Logit.below(selection.least)
    var scores = [Float](repeating: 0, count: classCount)
    var steps = [Float](repeating: 0, count: 4 * binValues.count)
    for level in levels {
      let distances = try channels(level.distances, count: steps.count, of: maps)
      let classes = try channels(level.classes, count: classCount, of: maps)
      guard distances.rows == classes.rows, distances.columns == classes.columns else {
        throw FamilyError(
          .heads, at: "output \(level.classes.output)",
          "has \(classes.rows)x\(classes.columns) cells, but the distances of stride \(level.stride) have"
            + " \(distances.rows)x\(distances.columns)")
      }
      let limit = classes.limit(least)
      let stride = Float(level.stride)
      var columns = [Int32](repeating: 0, count: classes.columns)
      for row in 0..<classes.rows {
        let count = classes.columns(ofRow: row, above: limit, into: &columns)
        for column in columns[..<count].lazy.map(Int.init) {
          classes.read(row: row, column: column, into: &scores)
          distances.read(row: row, column: column, into: &steps)
          let cell = Cell(
            distances: Numbers(values: steps, start: 0, step: 1),
            classes: Numbers(values: scores, start: 0, step: 1),
            x: (Float(column) + cellOffset) * stride, y: (Float(row) + cellOffset) * stride,
            stride: stride, inputWidth: Float(inputSize.width),
            inputHeight: Float(inputSize.height))
          selection.add(score: { score(cell, $0) }, box: { box(cell) })
        }
      }
    }
    return selection.selected()
  }

  private func channels(
    _ part: Part, count: Int, of maps: [OutputMap]
  ) throws(FamilyError) -> OutputMap {
    guard maps.indices.contains(part.output), part.channel >= 0,
      part.channel + count <= maps[part.output].channels
    else {
      throw FamilyError(
        .heads, at: "output \(part.output)",
        "is missing or has fewer than \(part.channel + count) channels")
    }
    return maps[part.output].channels(part.channel..<part.channel + count)
  }

  /// All boxes and scores of one picture in the order of the cells: corners, and `[boxes, classes]`.
  package func rows(
    _ outputs: [Tensor], image: Int = 0, inputSize: (height: Int, width: Int)
  ) throws(FamilyError) -> (boxes: [Box], scores: [Float]) {
    var boxes: [Box] = []
    var scores: [Float] = []
    try forEachCell(outputs, image: image, inputSize: inputSize) { cell in
      boxes.append(box(cell))
      for classID in 0..<classCount { scores.append(score(cell, classID)) }
    }
    return (boxes, scores)
  }

  private func score(_ cell: Cell, _ classID: Int) -> Float {
    let value = cell.classes[classID]
    return hasProbabilities ? value : 1 / (1 + exp(-value))
  }

  private func box(_ cell: Cell) -> Box {
    func distance(_ edge: Int) -> Float {
      cell.distances.expectation(from: edge * binValues.count, of: binValues) * cell.stride
    }
    let box = EdgeDistances(
      left: distance(0), top: distance(1), right: distance(2), bottom: distance(3)
    ).box(aroundX: cell.x, y: cell.y)
    guard clips else { return box }
    return box.clipped(width: cell.inputWidth, height: cell.inputHeight)
  }

  private func forEachCell(
    _ outputs: [Tensor], image: Int, inputSize: (height: Int, width: Int), _ body: (Cell) -> Void
  ) throws(FamilyError) {
    let values = outputs.map(\.floats)
    // How many cells of an output the levels before have taken.
    var taken = [Int](repeating: 0, count: outputs.count)
    for level in levels {
      let (rows, columns) = try size(of: level, outputs, inputSize)
      let distances = try numbers(
        level.distances, count: 4 * binValues.count, outputs, values, image, taken,
        cells: rows * columns)
      let classes = try numbers(
        level.classes, count: classCount, outputs, values, image, taken, cells: rows * columns)
      let stride = Float(level.stride)
      for row in 0..<rows {
        for column in 0..<columns {
          let cell = row * columns + column
          body(
            Cell(
              distances: distances.numbers.moved(by: cell * distances.step),
              classes: classes.numbers.moved(by: cell * classes.step),
              x: (Float(column) + cellOffset) * stride, y: (Float(row) + cellOffset) * stride,
              stride: stride, inputWidth: Float(inputSize.width),
              inputHeight: Float(inputSize.height)))
        }
      }
      for output in Set([level.distances.output, level.classes.output]) {
        taken[output] += rows * columns
      }
    }
    for (place, tensor) in outputs.enumerated() where taken[place] > 0 && tensor.shape.rank < 4 {
      let cells = tensor.shape[tensor.shape.rank - 2]
      guard cells == taken[place] else {
        throw FamilyError(
          .heads, at: "output \(place)",
          "is \(tensor.shape) of \(cells) cells, but an input of \(inputSize.width)x\(inputSize.height) has"
            + " \(taken[place]) at strides \(levels.map(\.stride))")
      }
    }
  }

  /// Rows and columns of a level: those of its grid, or as many as the input has, the last ones cut short.
  private func size(
    of level: Level, _ outputs: [Tensor], _ inputSize: (height: Int, width: Int)
  ) throws(FamilyError) -> (rows: Int, columns: Int) {
    guard (1...Self.largestStride).contains(level.stride), level.distances.output < outputs.count,
      level.classes.output < outputs.count
    else {
      throw FamilyError(
        .heads, "got \(outputs.count) outputs, which lack those of stride \(level.stride)")
    }
    let shape = outputs[level.distances.output].shape
    if shape.rank == 4 { return (shape[2], shape[3]) }
    return (
      (inputSize.height + level.stride - 1) / level.stride,
      (inputSize.width + level.stride - 1) / level.stride
    )
  }

  /// The numbers of the first cell of a level, and how far the next cell lies.
  private func numbers(
    _ part: Part, count: Int, _ outputs: [Tensor], _ values: [[Float]], _ image: Int,
    _ taken: [Int], cells: Int
  ) throws(FamilyError) -> (numbers: Numbers, step: Int) {
    let tensor = outputs[part.output]
    let shape = tensor.shape.dimensions
    let batch = shape.count > 2 ? shape[0] : 1
    let isGrid = shape.count == 4
    guard tensor.dtype.isFloatingPoint, (2...4).contains(shape.count), image >= 0, image < batch
    else { throw wrong(tensor, part, count) }
    let channels = isGrid ? shape[1] : shape[shape.count - 1]
    let own = isGrid ? shape[2] * shape[3] : shape[shape.count - 2]
    guard part.channel + count <= channels,
      isGrid ? own == cells : taken[part.output] + cells <= own
    else { throw wrong(tensor, part, count) }
    let start = image * channels * own
    return isGrid
      ? (
        Numbers(values: values[part.output], start: start + part.channel * own, step: own), 1
      )
      : (
        Numbers(
          values: values[part.output],
          start: start + taken[part.output] * channels + part.channel, step: 1), channels
      )
  }

  private func wrong(_ tensor: Tensor, _ part: Part, _ count: Int) -> FamilyError {
    FamilyError(
      .heads, at: "output \(part.output)",
      "is \(tensor.dtype) \(tensor.shape), expected floats [N, C, H, W] or [N, cells, C] with at least"
        + " \(part.channel + count) channels, and as many cells as the levels have")
  }
}

/// Numbers that lie in an array at a constant distance.
private struct Numbers {
  let values: [Float]
  let start: Int
  let step: Int

  subscript(_ index: Int) -> Float { values[start + index * step] }

  func moved(by distance: Int) -> Numbers {
    Numbers(values: values, start: start + distance, step: step)
  }

  /// Whether any of the first numbers exceeds a threshold.
  func contains(above threshold: Float, count: Int) -> Bool {
    for index in 0..<count where self[index] > threshold { return true }
    return false
  }

  /// The mean of some values, weighted by the softmax of the numbers from `first` on.
  func expectation(from first: Int, of binValues: [Float]) -> Float {
    var largest = -Float.infinity
    for index in first..<(first + binValues.count) { largest = max(largest, self[index]) }
    var sum: Float = 0
    var mean: Float = 0
    for bin in 0..<binValues.count {
      let weight = exp(self[first + bin] - largest)
      sum += weight
      mean += weight * binValues[bin]
    }
    return mean / sum
  }
}

/// The numbers of one cell.
private struct Cell {
  let distances: Numbers
  let classes: Numbers
  let x: Float
  let y: Float
  let stride: Float
  let inputWidth: Float
  let inputHeight: Float
}
