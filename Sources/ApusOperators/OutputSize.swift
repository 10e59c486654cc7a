package import ApusGraph
package import ApusTensor

/// The limit every output's size is held to before memory is asked for.
package enum OutputSize {
  /// The largest number of elements of one output: 1 GiB of float32.
  package static let maximum = 1 << 28

  /// A shape of sizes that are all known, small enough to allocate.
  package static func shape(_ sizes: [Dimension]) throws(OperatorError) -> Shape {
    var numbers: [Int] = []
    for size in sizes {
      guard let number = size.fixed else {
        throw OperatorError("the output would have size \(size)")
      }
      numbers.append(number)
    }
    return try shape(numbers)
  }

  /// A shape of the given sizes; fails where one is negative or the elements are too many.
  package static func shape(_ sizes: [Int]) throws(OperatorError) -> Shape {
    var total = 1
    for size in sizes {
      guard size >= 0 else {
        throw OperatorError("the output would have a negative size: \(sizes)")
      }
      let (product, overflow) = total.multipliedReportingOverflow(by: max(size, 1))
      guard !overflow, product <= maximum else {
        throw OperatorError("an output of shape \(sizes) is larger than \(maximum) elements")
      }
      total = product
    }
    return Shape(sizes)
  }

  /// Fails where the numbers among the sizes alone make an output of too many elements.
  package static func check(_ sizes: [Dimension]) throws(OperatorError) {
    _ = try shape(sizes.compactMap(\.fixed))
  }

  /// The sizes that shape inference computed, all of them numbers, as a shape.
  package static func shape(of fact: Fact) throws(OperatorError) -> Shape {
    let sizes = fact.shape?.compactMap(\.fixed) ?? []
    guard let shape = fact.shape, sizes.count == shape.count else {
      throw OperatorError("the output's shape \(fact) does not follow from the inputs")
    }
    return try Self.shape(sizes)
  }
}
