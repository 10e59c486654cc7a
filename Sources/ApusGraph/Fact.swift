public import ApusTensor

/// What is known of a value before any input is seen: type, shape and, at times, content.
public struct Fact: Hashable, Sendable {
  /// The element type; nil where an unknown operator made the value.
  public var dtype: DType?
  /// The size of each axis; nil where not even the number of axes is known.
  public var shape: [Dimension]?
  /// The elements, where they do not depend on the inputs of the graph.
  public var constant: Tensor?
  /// The elements of an integer value of at most one axis, where they are sizes or sums of sizes.
  ///
  /// Set whenever `constant` holds such a value; this is what carries symbolic sizes from `Shape` to
  /// `Reshape`.
  public var content: [Dimension]?

  /// A value of which only type and shape are known.
  public init(_ dtype: DType?, _ shape: [Dimension]?) {
    self.dtype = dtype
    self.shape = shape
  }

  /// A value of known type and fixed shape.
  public init(_ dtype: DType, _ shape: Shape) {
    self.init(dtype, shape.dimensions.map(Dimension.fixed))
  }

  /// A value of known elements.
  public init(constant tensor: Tensor) {
    self.init(tensor.dtype, tensor.shape)
    constant = tensor
    if tensor.dtype == .int64 || tensor.dtype == .int32, tensor.shape.rank <= 1,
      tensor.count <= Self.maximumContent
    {
      content = tensor.integers.map { .fixed(Int($0)) }
    }
  }

  /// An integer value of at most one axis whose elements are sizes.
  ///
  /// - Parameter rank: 0 for a scalar (one element), 1 for a list.
  public init(content: [Dimension], dtype: DType = .int64, rank: Int = 1) {
    self.init(dtype, rank == 0 ? [] : [.fixed(content.count)])
    guard content.count <= Self.maximumContent else { return }
    self.content = content
    let numbers = content.compactMap(\.fixed)
    if numbers.count == content.count {
      constant = Tensor(
        integers: numbers.map(Int64.init), dtype: dtype, shape: rank == 0 ? [] : [numbers.count])
    }
  }

  /// A value of which nothing is known.
  public static let unknown = Fact(nil, nil)

  /// Longer lists are weights or data, not sizes.
  public static let maximumContent = 64

  /// The number of axes, where known.
  public var rank: Int? { shape?.count }

  /// The shape, where every size is a number.
  public var fixedShape: Shape? {
    guard let shape else { return nil }
    let sizes = shape.compactMap(\.fixed)
    guard sizes.count == shape.count, sizes.allSatisfy({ $0 >= 0 }) else { return nil }
    return Shape(sizes)
  }

  /// Whether no value can have both facts.
  public func contradicts(_ other: Fact) -> Bool {
    if let dtype, let theirs = other.dtype, dtype != theirs { return true }
    if let shape, let theirs = other.shape {
      return shape.count != theirs.count || zip(shape, theirs).contains { $0.contradicts($1) }
    }
    return false
  }
}

extension Fact: CustomStringConvertible {
  /// Type and shape: `float32 [batch, 3, 640, 640]`.
  public var description: String {
    let sizes = shape.map { "[\($0.map(\.description).joined(separator: ", "))]" } ?? "[?]"
    return "\(dtype?.description ?? "?") \(sizes)"
  }
}
