import ApusGraph
import ApusOperators
import ApusTensor
import Foundation

/// Reads anchors and strides out of the part of a detector that a cut drops, by running it.
///
/// Whatever way an export writes the decoding down, numbers of 0 in the heads come out as boxes in the middle of
/// their cells with the size of their anchors. Further numbers, which are no zeros, prove that the boxes are
/// `x = (2σ − 0.5 + column) · s` and `w = (2σ)² · a` in input pixels throughout.
struct DecodeProbe {
  /// Anchors in input pixels, `[level][anchor][2]`, finest level first.
  let anchors: [[[Float]]]
  /// The value that was looked at.
  let name: String

  /// Larger heads are not run.
  private static let maxElements = 1 << 24

  /// Looks for decoded boxes `[N, boxes, numbers]` behind the heads; nil where there are none, or where they are
  /// decoded in another way.
  init?(_ layout: HeadLayout, _ grid: HeadLayout.AnchorGrid) {
    let finder = layout.finder
    for target in Self.targets(layout, grid) {
      guard let zeros = Self.rows(target, layout, { _ in 0 }),
        let anchors = Self.anchors(zeros, layout, grid),
        let rows = Self.rows(target, layout, Self.pattern),
        Self.proves(rows, anchors, layout, grid)
      else { continue }
      let finest = layout.strides
      self.anchors = finest.map { stride in
        (anchors.first { $0.stride == stride }?.sizes ?? []).map { $0.map { Float($0) } }
      }
      name = finder.graph[target].name
      return
    }
    return nil
  }

  /// The boxes of one level, in the order of the joined boxes.
  private struct Level {
    let stride: Int
    let rows: Int
    let columns: Int
    let sizes: [[Double]]
  }

  /// Numbers of a head that are not all alike, from about -1.5 to 1.5.
  private static func pattern(_ index: Int) -> Double { Double(index % 61 - 30) / 20 }

  /// The values that may be decoded boxes, those nearest to the outputs first.
  private static func targets(_ layout: HeadLayout, _ grid: HeadLayout.AnchorGrid) -> [ValueID] {
    let graph = layout.finder.graph
    let boxes = grid.anchors * layout.cells
    let decoded = Set(layout.finder.decoding.values.flatMap(\.outputs) + graph.outputs)
    return decoded.sorted(by: >).filter { value in
      guard let shape = graph[value].fact.shape, shape.count == 3,
        shape[2] == .fixed(grid.numbers), graph[value].fact.dtype?.isFloatingPoint == true
      else { return false }
      return shape[1].fixed == nil || shape[1] == .fixed(boxes)
    }
  }

  /// The value's numbers of the first picture where every head holds the given ones.
  private static func rows(
    _ target: ValueID, _ layout: HeadLayout, _ number: (Int) -> Double
  ) -> [Double]? {
    let graph = layout.finder.graph
    var known: [ValueID: Tensor] = [:]
    for level in layout.levels {
      let fact = graph[level.found.value].fact
      guard let batch = fact.shape?[0].substituting(layout.batchSizes).fixed,
        (1...64).contains(batch),
        let dtype = fact.dtype,
        level.cells <= maxElements / level.channels / batch
      else { return nil }
      let count = batch * level.channels * level.cells
      known[level.found.value] = Tensor(
        doubles: (0..<count).map(number), dtype: dtype,
        shape: [batch, level.channels, level.rows, level.columns])
    }
    var evaluation = DecodeEvaluation(layout, known: known)
    guard let tensor = evaluation.value(target), tensor.shape.rank == 3, tensor.shape[0] > 0 else {
      return nil
    }
    return Array(tensor.doubles.prefix(tensor.count / tensor.shape[0]))
  }

  /// Levels and anchors in boxes made of zeros; nil where the boxes are not those of cells.
  private static func anchors(
    _ rows: [Double], _ layout: HeadLayout, _ grid: HeadLayout.AnchorGrid
  ) -> [Level]? {
    var found: [Level] = []
    var start = 0
    let numbers = grid.numbers
    while start < rows.count {
      // The first cell's middle tells the stride, and with it the level.
      guard start + numbers <= rows.count,
        let level = layout.levels.first(where: {
          abs(rows[start] - Double($0.stride) / 2) < 0.1
        }), !found.contains(where: { $0.stride == level.stride }),
        start + grid.anchors * level.cells * numbers <= rows.count
      else { return nil }
      let sizes = (0..<grid.anchors).map { anchor in
        let row = start + anchor * level.cells * numbers
        return [rows[row + 2], rows[row + 3]]
      }
      guard sizes.allSatisfy({ $0.allSatisfy { $0.isFinite && $0 > 0 } }) else { return nil }
      found.append(
        Level(stride: level.stride, rows: level.rows, columns: level.columns, sizes: sizes))
      start += grid.anchors * level.cells * numbers
    }
    return found.count == layout.strides.count ? found : nil
  }

  /// Whether all boxes are those that anchors and strides give for the pattern.
  private static func proves(
    _ rows: [Double], _ levels: [Level], _ layout: HeadLayout, _ grid: HeadLayout.AnchorGrid
  ) -> Bool {
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    var row = 0
    for level in levels {
      let plane = level.rows * level.columns
      let stride = Double(level.stride)
      for (anchor, size) in level.sizes.enumerated() {
        for cell in 0..<plane {
          func number(_ channel: Int) -> Double {
            2 * sigmoid(pattern((anchor * grid.numbers + channel) * plane + cell))
          }
          let wanted = [
            (number(0) - 0.5 + Double(cell % level.columns)) * stride,
            (number(1) - 0.5 + Double(cell / level.columns)) * stride,
            number(2) * number(2) * size[0], number(3) * number(3) * size[1], number(4) / 2,
          ]
          // Exports in half precision round positions to half a pixel at most.
          for (offset, value) in wanted.enumerated()
          where abs(rows[row + offset] - value) > 0.004 * abs(value) + 0.004 * stride {
            return false
          }
          row += grid.numbers
        }
      }
    }
    return row == rows.count
  }
}

/// Evaluates values behind the heads by the operators' reference evaluation.
private struct DecodeEvaluation {
  private let layout: HeadLayout
  private var known: [ValueID: Tensor]

  init(_ layout: HeadLayout, known: [ValueID: Tensor]) {
    self.layout = layout
    self.known = known
  }

  /// The elements of a value; nil where they depend on more than the heads and the sizes of values.
  mutating func value(_ target: ValueID) -> Tensor? {
    let finder = layout.finder
    var needed: Set<NodeID> = []
    var waiting = [target]
    while let value = waiting.popLast() {
      guard elements(value) == nil, let node = finder.decoding[in: finder.index, value],
        needed.insert(node.id).inserted
      else { continue }
      if !(node.op is ShapeOf) { waiting += node.inputs.compactMap { $0 } }
    }
    for node in finder.graph.nodes where needed.contains(node.id) {
      var inputs: [Tensor?] = []
      for input in node.inputs {
        guard let input else {
          inputs.append(nil)
          continue
        }
        guard let tensor = elements(input) ?? (node.op is ShapeOf ? blank(input) : nil) else {
          return nil
        }
        inputs.append(tensor)
      }
      guard let outputs = try? node.op.evaluate(inputs), outputs.count >= node.outputs.count else {
        return nil
      }
      for (output, tensor) in zip(node.outputs, outputs) { known[output] = tensor }
    }
    return known[target]
  }

  private func elements(_ value: ValueID) -> Tensor? {
    known[value] ?? layout.finder.graph[value].constant ?? layout.finder.graph[value].fact.constant
  }

  /// Zeros in the shape of a value above the heads, of which only the sizes are asked.
  private func blank(_ value: ValueID) -> Tensor? {
    let sizes = (layout.finder.graph[value].fact.shape ?? []).map {
      $0.substituting(layout.symbolSizes).substituting(layout.batchSizes).fixed
    }
    guard !sizes.isEmpty, let shape = try? OutputSize.shape(sizes.map { $0 ?? -1 }) else {
      return nil
    }
    return Tensor(zeros: shape)
  }
}

extension [NodeID: Node] {
  /// The node of these that makes a value.
  fileprivate subscript(in index: GraphIndex, value: ValueID) -> Node? {
    index.producer(of: value).flatMap { self[$0.id] }
  }
}
