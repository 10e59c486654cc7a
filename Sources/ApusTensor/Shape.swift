/// The sizes of a tensor's axes, outermost first; empty for a scalar.
public struct Shape: Hashable, Sendable {
  /// Sizes, each at least 0.
  public let dimensions: [Int]

  /// A shape of the given sizes; none may be negative.
  public init(_ dimensions: [Int]) {
    precondition(dimensions.allSatisfy { $0 >= 0 }, "a shape has no negative size: \(dimensions)")
    self.dimensions = dimensions
  }

  /// The number of axes.
  public var rank: Int { dimensions.count }

  /// The number of elements: 1 for a scalar; the largest integer where there are more.
  public var count: Int {
    if dimensions.contains(0) { return 0 }
    return dimensions.reduce(1) { total, size in
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      return overflow ? .max : product
    }
  }

  /// The number of elements times `byteCount`, or nil where that overflows.
  public func checkedByteCount(of dtype: DType) -> Int? {
    var total = dtype.byteCount
    if dimensions.contains(0) { return 0 }
    for size in dimensions {
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      if overflow { return nil }
      total = product
    }
    return total
  }

  /// Distance in elements between neighbours along each axis, row-major.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] &* dimensions[axis + 1]
    }
    return strides
  }

  /// The size of one axis.
  public subscript(axis: Int) -> Int { dimensions[axis] }
}

extension Shape: ExpressibleByArrayLiteral {
  /// A shape of the listed sizes.
  public init(arrayLiteral elements: Int...) { self.init(elements) }
}

extension Shape: CustomStringConvertible {
  /// The sizes in brackets: `[1, 3, 640, 640]`.
  public var description: String { "\(dimensions)" }
}
