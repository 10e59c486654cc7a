package import ApusGraph

/// How blocks of pixels and channels correspond: the order of the parts of the channel axis.
package enum BlockOrder: String, Sendable {
  /// Rows of the block, columns of the block, channels.
  case depthLast = "DCR"
  /// Channels, rows of the block, columns of the block.
  case depthFirst = "CRD"

  /// Reads the attribute `mode`.
  package init(from record: OperatorRecord) throws(OperatorError) {
    let name = try record.string("mode", default: "DCR")
    guard let value = Self(rawValue: name) else {
      throw OperatorError("attribute 'mode' must be DCR or CRD, but is '\(name)'")
    }
    self = value
  }

  /// Reads the attribute `blocksize`; fails where it is below 1.
  package static func size(from record: OperatorRecord) throws(OperatorError) -> Int {
    let size = try record.int("blocksize", default: 0)
    guard size >= 1, size <= Int(Int16.max) else {
      throw OperatorError("attribute 'blocksize' must be at least 1, but is \(size)")
    }
    return size
  }

  /// The shape's axes; fails where there are not four.
  package static func axes(
    _ shape: [Dimension]
  ) throws(OperatorError) -> (
    batch: Dimension, channels: Dimension, height: Dimension, width: Dimension
  ) {
    guard shape.count == 4 else {
      throw OperatorError("the input must have 4 axes, but has shape \(shape)")
    }
    return (shape[0], shape[1], shape[2], shape[3])
  }

  /// The quotient; fails where it is known not to be whole.
  package static func quotient(_ size: Dimension, by divisor: Int) throws(OperatorError)
    -> Dimension
  {
    if let number = size.fixed, number % divisor != 0 {
      throw OperatorError("\(number) is not divisible by \(divisor)")
    }
    return size.dividedRoundingDown(by: divisor)
  }
}
