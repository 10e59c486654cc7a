package import ApusGraph
package import ApusTensor

/// The product of two stacks of matrices, by the rule of NumPy's `matmul`.
///
/// `[…, m, k]` times `[…, k, n]` gives `[…, m, n]`; the leading axes are broadcast. A vector on the
/// left is a row, one on the right a column, and its axis is missing from the product.
package struct MatrixProduct {
  /// Facts of the product's sizes.
  package let output: [Dimension]
  /// The axis both sum over.
  package let depth: Dimension

  private let left: [Dimension]
  private let right: [Dimension]

  /// The product of matrices of the given shapes.
  package init(_ a: [Dimension], _ b: [Dimension]) throws(OperatorError) {
    guard let last = a.last, !b.isEmpty else {
      throw OperatorError("'A' and 'B' need an axis, but have shapes \(a) and \(b)")
    }
    left = a.count == 1 ? [1] + a : a
    right = b.count == 1 ? b + [1] : b
    depth = last.fixed == nil ? right[right.count - 2] : last
    if last.contradicts(right[right.count - 2]) {
      throw OperatorError(
        "'A' of shape \(a) and 'B' of shape \(b) do not fit: \(last) columns against "
          + "\(right[right.count - 2]) rows")
    }
    var sizes = try Dimension.broadcast([Array(left.dropLast(2)), Array(right.dropLast(2))])
    if a.count > 1 { sizes.append(left[left.count - 2]) }
    if b.count > 1 { sizes.append(right[right.count - 1]) }
    output = sizes
  }

  /// The facts of an output of the given type.
  package static func infer(
    _ a: Fact, _ b: Fact, dtype: DType?
  ) throws(OperatorError) -> [Fact] {
    guard let left = a.shape, let right = b.shape else { return [Fact(dtype, nil)] }
    return [Fact(dtype, try MatrixProduct(left, right).output)]
  }

  /// Multiply-accumulates: as many per output as the left matrix has columns.
  package static func multiplyAccumulates(_ a: Fact?, _ b: Fact?, outputs: [Fact]) -> Int {
    guard let left = a?.shape, let right = b?.shape,
      let product = try? MatrixProduct(left, right)
    else { return 0 }
    return Sizes.multiplyAccumulates(of: outputs, each: [product.depth.fixed])
  }

  /// The products of matrices of elements, which fill the shapes the product was made with.
  package func evaluate<Number: ProductNumber>(
    _ a: [Number], _ b: [Number]
  ) throws(OperatorError) -> (elements: [Number], shape: Shape) {
    let shape = try OutputSize.shape(output)
    let leftShape = try OutputSize.shape(left)
    let rightShape = try OutputSize.shape(right)
    let rows = leftShape[leftShape.rank - 2]
    let columns = rightShape[rightShape.rank - 1]
    let depth = leftShape[leftShape.rank - 1]
    let leftStack = Shape(Array(leftShape.dimensions.dropLast(2)))
    let rightStack = Shape(Array(rightShape.dimensions.dropLast(2)))
    let broadcasting = try Broadcasting([leftStack, rightStack])
    var product = [Number](repeating: .zero, count: shape.count)
    guard !product.isEmpty else { return (product, shape) }
    let places = zip(broadcasting.places(in: leftStack), broadcasting.places(in: rightStack))
    product.withUnsafeMutableBufferPointer { product in
      b.withUnsafeBufferPointer { b in
        for (stack, place) in places.enumerated() {
          for row in 0..<rows {
            let target = (stack * rows + row) * columns
            let sums = UnsafeMutableBufferPointer(rebasing: product[target..<target + columns])
            for index in 0..<depth {
              let factor = a[(place.0 * rows + row) * depth + index]
              let source = (place.1 * depth + index) * columns
              for column in 0..<columns {
                sums[column].add(factor, times: b[source &+ column])
              }
            }
          }
        }
      }
    }
    return (product, shape)
  }
}

/// A number matrices are multiplied in: `Double`, or `Int64` that wraps around.
package protocol ProductNumber {
  /// The empty sum.
  static var zero: Self { get }
  /// Adds a product.
  mutating func add(_ a: Self, times b: Self)
}

extension Double: ProductNumber {
  package mutating func add(_ a: Double, times b: Double) { self += a * b }
}

extension Int64: ProductNumber {
  package mutating func add(_ a: Int64, times b: Int64) { self &+= a &* b }
}
