import ApusGraph
import ApusOperators

/// What stands between the last convolutions of a network and one of its outputs.
struct OutputTrace {
  /// Sigmoids on the way.
  private(set) var sigmoids: [Node] = []
  /// A node that computes more than an order of elements or a sigmoid.
  private(set) var arithmetic: Node?
  /// Whether any convolution was met.
  private(set) var hasConvolution = false

  /// Walks from a value back to the convolutions, or to what is no order of elements.
  init(_ value: ValueID, in index: GraphIndex) {
    var waiting = [value]
    var seen: Set<ValueID> = []
    while let value = waiting.popLast() {
      guard seen.insert(value).inserted, let node = index.producer(of: value) else { continue }
      switch node.op {
      case is Conv: hasConvolution = true
      case is Concat: waiting += node.inputs.compactMap { $0 }
      case is Sigmoid:
        sigmoids.append(node)
        waiting += node.inputs.compactMap { $0 }
      case is any ShapeOnly, is any Transparent, is Transpose, is Split, is Slice, is Cast, is Pad:
        waiting += node.inputs.prefix(1).compactMap { $0 }
      case is Mul, is Add, is Sub, is Div, is Pow:
        // Past a factor or an addend, sigmoids still tell whether boxes are decoded.
        arithmetic = node
        waiting += node.inputs.compactMap { $0 }
      default: arithmetic = node
      }
    }
  }

  /// Whether the output is what the convolutions give, at most in another order.
  var isRaw: Bool { arithmetic == nil && sigmoids.isEmpty && hasConvolution }
  /// Whether the output is that, with sigmoids over some of it.
  var isActivated: Bool { arithmetic == nil && !sigmoids.isEmpty }
  /// Whether sigmoids are computed with: boxes are decoded at least in part.
  var isDecoded: Bool { arithmetic != nil && !sigmoids.isEmpty }
}

/// The cells of an input's levels.
struct LevelSizes {
  let height: Int
  let width: Int

  /// Levels that detectors have, the usual ones first.
  static let known: [[Int]] = [
    [8, 16, 32], [8, 16, 32, 64], [4, 8, 16, 32], [8, 16, 32, 64, 128], [16, 32], [8, 16],
  ]

  /// The cells of one level; the last row and column may be cut short.
  func cells(_ stride: Int) -> Int {
    ((height + stride - 1) / stride) * ((width + stride - 1) / stride)
  }

  /// The levels that have as many cells as there are boxes, and the boxes of a cell.
  func levels(ofBoxes boxes: Int, preferred: [Int]) -> (strides: [Int], boxesPerCell: Int)? {
    let isUsual = !preferred.isEmpty && preferred.allSatisfy { (1...(1 << 12)).contains($0) }
    for count in [1, 3, 2, 4, 5, 6] {
      for strides in (isUsual ? [preferred] : []) + Self.known
      where boxes == count * strides.reduce(0, { $0 + cells($1) }) {
        return (strides, count)
      }
    }
    return nil
  }

  /// The level of a grid; nil where it is of none.
  func stride(rows: Int, columns: Int) -> Int? {
    let strides = [8, 16, 32, 64, 4, 128, 2]
    return strides.first { rows * $0 == height && columns * $0 == width }
      ?? strides.first { (height + $0 - 1) / $0 == rows && (width + $0 - 1) / $0 == columns }
  }

  /// The level of as many cells; nil where it is of none.
  func stride(cells: Int) -> Int? { [8, 16, 32, 64, 4, 128].first { self.cells($0) == cells } }
}
