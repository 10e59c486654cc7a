package import ApusGraph

/// Axes as attributes and inputs state them: counted from the end where negative.
package enum Axes {
  /// The axis counted from the start.
  package static func resolved(_ axis: Int, rank: Int) throws(OperatorError) -> Int {
    guard axis >= -rank, axis < rank else {
      throw OperatorError("axis \(axis) is not one of \(rank) axes")
    }
    return axis < 0 ? axis + rank : axis
  }

  /// The axes counted from the start; none may be listed twice.
  package static func resolved(_ axes: [Int], rank: Int) throws(OperatorError) -> [Int] {
    guard axes.count <= rank else {
      throw OperatorError("lists \(axes.count) axes, but there are only \(rank)")
    }
    var result: [Int] = []
    for axis in axes {
      let axis = try resolved(axis, rank: rank)
      if result.contains(axis) { throw OperatorError("axis \(axis) is listed twice: \(axes)") }
      result.append(axis)
    }
    return result
  }
}
