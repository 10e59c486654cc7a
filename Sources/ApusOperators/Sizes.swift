package import ApusGraph
package import ApusTensor

/// Checks of sizes, axes and types that come from untrusted attributes and inputs.
package enum Sizes {
  /// The largest stride, dilation, pad or kernel size; products of two of them fit into `Int`.
  package static let maximumStep = 1 << 30

  /// The product of sizes, none negative; `Int.max` where it overflows.
  package static func clampedProduct(_ sizes: [Int]) -> Int {
    if sizes.contains(0) { return 0 }
    var product = 1
    for size in sizes {
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      if overflow { return .max }
      product = next
    }
    return product
  }

  /// Multiply-accumulates of outputs that each need the same number; 0 where the shape is not known.
  package static func multiplyAccumulates(of outputs: [Fact], each sizes: [Int?]) -> Int {
    guard let shape = outputs.first?.fixedShape else { return 0 }
    let known = sizes.compactMap { $0 }
    guard known.count == sizes.count, known.allSatisfy({ $0 >= 0 }) else { return 0 }
    return clampedProduct(shape.dimensions + known)
  }

  /// Fails where the type is known and is not a floating-point type.
  package static func requireFloat(_ dtype: DType?, _ name: String) throws(OperatorError) {
    if let dtype, !dtype.isFloatingPoint {
      throw OperatorError("'\(name)' must be floating point, but is \(dtype)")
    }
  }

  /// Fails where the types of inputs are known and differ.
  package static func requireOneType(_ context: InferenceContext) throws(OperatorError) {
    let types = context.inputs.compactMap { $0?.dtype }
    if let first = types.first, let other = types.first(where: { $0 != first }) {
      throw OperatorError("inputs must have one type, but are \(first) and \(other)")
    }
  }

  /// Fails where the type is known and is none of those listed.
  package static func require(
    _ dtype: DType?, _ name: String, _ allowed: [DType]
  ) throws(OperatorError) {
    if let dtype, !allowed.contains(dtype) {
      let list = allowed.map(\.description).joined(separator: " or ")
      throw OperatorError("'\(name)' must be \(list), but is \(dtype)")
    }
  }

  /// Fails where the shape has fewer axes than needed.
  package static func requireRank(
    _ shape: [Dimension], _ name: String, atLeast rank: Int
  ) throws(OperatorError) {
    if shape.count < rank {
      throw OperatorError("'\(name)' must have at least \(rank) axes, but has shape \(shape)")
    }
  }

  /// Fails where the shape is known and is not a list of `count` elements.
  package static func requireList(
    _ fact: Fact?, _ name: String, count: Dimension
  ) throws(OperatorError) {
    guard let shape = fact?.shape else { return }
    guard shape.count == 1, !shape[0].contradicts(count) else {
      throw OperatorError("'\(name)' must have shape [\(count)], but has \(shape)")
    }
  }

  /// The product of sizes; wraps around where there are no elements to count.
  package static func product(_ sizes: some Sequence<Int>) -> Int { sizes.reduce(1, &*) }
}

extension Shape {
  /// The sizes as facts state them.
  package var facts: [Dimension] { dimensions.map(Dimension.fixed) }
}

extension Tensor {
  /// The elements of a tensor of any integer type as `Int`.
  package var ints: [Int] { integers.map { Int($0) } }
}
