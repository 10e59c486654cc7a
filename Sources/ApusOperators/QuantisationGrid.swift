package import ApusGraph
package import ApusTensor

/// Which scale and zero point belong to which element: one for all, one per place along an axis, or one
/// per block of places.
package struct QuantisationGrid {
  /// For every element of the data, the place of its scale and zero point.
  package let places: [Int]

  /// Lays scales of the given shape over data.
  ///
  /// - Parameter block: the number of places along the axis that share a scale; 0 for no blocks.
  package init(data: Shape, scale: Shape, axis: Int, block: Int) throws(OperatorError) {
    if scale.count == 1 && scale.rank <= 1 {
      places = [Int](repeating: 0, count: data.count)
      return
    }
    let axis = try Axes.resolved(axis, rank: data.rank)
    guard block > 0 else {
      guard scale.dimensions == [data[axis]] else {
        throw OperatorError(
          "scales of shape \(scale) do not fit axis \(axis) of data of shape \(data)")
      }
      places =
        StridedView(
          sizes: data.dimensions, steps: data.dimensions.indices.map { $0 == axis ? 1 : 0 }
        ).places
      return
    }
    var expected = data.dimensions
    expected[axis] = data[axis] == 0 ? 0 : (data[axis] - 1) / block + 1
    guard scale.dimensions == expected else {
      throw OperatorError(
        "scales of shape \(scale) do not fit blocks of \(block) along axis \(axis) of \(data)")
    }
    let strides = scale.strides
    var places: [Int] = []
    places.reserveCapacity(data.count)
    data.forEachIndex { index in
      places.append(
        index.indices.reduce(0) {
          $0 + ($1 == axis ? index[$1] / block : index[$1]) * strides[$1]
        })
    }
    self.places = places
  }

  /// The zero points, 0 where absent; they must be as many as the scales.
  package static func zeroPoints(
    _ tensor: Tensor?, scale: Tensor
  ) throws(OperatorError) -> [Double] {
    guard let tensor else { return [Double](repeating: 0, count: scale.count) }
    guard tensor.count == scale.count else {
      throw OperatorError("\(scale.count) scales do not fit \(tensor.count) zero points")
    }
    return tensor.doubles
  }
}
