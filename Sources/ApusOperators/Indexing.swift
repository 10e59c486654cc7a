package import ApusGraph
package import ApusTensor

/// What gathering and scattering share: indices from an input, checked before they are used.
package enum Indexing {
  /// Indices counted from the start; fails where one lies outside.
  package static func resolved(_ indices: [Int], size: Int) throws(OperatorError) -> [Int] {
    var result: [Int] = []
    result.reserveCapacity(indices.count)
    for index in indices { result.append(try resolved(index, size: size)) }
    return result
  }

  /// An index counted from the start; fails where it lies outside.
  package static func resolved(_ index: Int, size: Int) throws(OperatorError) -> Int {
    guard index >= -size, index < size else {
      throw OperatorError("index \(index) lies outside of an axis of size \(size)")
    }
    return index < 0 ? index + size : index
  }

  /// Fails where the indices are not integers.
  package static func requireIntegers(_ indices: Fact) throws(OperatorError) {
    if let dtype = indices.dtype, !dtype.isInteger {
      throw OperatorError("indices must be int32 or int64, but are \(dtype)")
    }
  }

  /// Fails where the indices have another number of axes than the data, or exceed it along an axis other
  /// than the given one.
  package static func requireWithin(
    _ indices: [Dimension]?, _ data: [Dimension]?, except axis: Int
  ) throws(OperatorError) {
    guard let indices, let data else { return }
    guard indices.count == data.count else {
      throw OperatorError("indices of shape \(indices) do not fit data of shape \(data)")
    }
    let axis = try Axes.resolved(axis, rank: data.count)
    for place in data.indices where place != axis {
      if let room = (data[place] - indices[place]).fixed, room < 0 {
        throw OperatorError("indices of shape \(indices) exceed data of shape \(data)")
      }
    }
  }

  /// For each index, the place it means: its own, but for the given axis, where it is the index.
  package static func places(
    along axis: Int, of shape: Shape, indices: Tensor
  ) throws(OperatorError) -> [Int] {
    let axis = try Axes.resolved(axis, rank: shape.rank)
    let strides = shape.strides
    var places = StridedView(
      sizes: indices.shape.dimensions,
      steps: strides.indices.map { $0 == axis ? 0 : strides[$0] }
    ).places
    for (element, index) in indices.integers.enumerated() {
      places[element] += try resolved(Int(index), size: shape[axis]) * strides[axis]
    }
    return places
  }

  /// For each tuple of indices, along the last axis, the place its slice of the data starts at.
  ///
  /// Shapes must have been checked before.
  package static func tuplePlaces(
    _ indices: Tensor, in shape: Shape, batchAxes: Int = 0
  ) throws(OperatorError) -> [Int] {
    let length = indices.shape[indices.shape.rank - 1]
    let strides = shape.strides
    let tuples = indices.shape.dimensions.dropLast().reduce(1, *)
    let batches = shape.dimensions[..<batchAxes].reduce(1, *)
    let batchSize = shape.dimensions[batchAxes...].reduce(1, *)
    let numbers = indices.integers
    var places: [Int] = []
    places.reserveCapacity(tuples)
    for tuple in 0..<tuples {
      var place = tuple / max(tuples / max(batches, 1), 1) * batchSize
      for position in 0..<length {
        let axis = batchAxes + position
        let index = try resolved(Int(numbers[tuple * length + position]), size: shape[axis])
        place += index * strides[axis]
      }
      places.append(place)
    }
    return places
  }
}
