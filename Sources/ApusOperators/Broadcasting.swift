package import ApusGraph
package import ApusTensor

/// Reading a tensor as if it had a larger shape, by ONNX's (NumPy's) broadcasting rule.
package struct Broadcasting {
  /// The shape all inputs are broadcast to.
  package let shape: Shape

  /// Broadcasts the given shapes together.
  package init(_ shapes: [Shape]) throws(OperatorError) {
    let facts = shapes.map { $0.dimensions.map(Dimension.fixed) }
    shape = try OutputSize.shape(try Dimension.broadcast(facts).compactMap(\.fixed))
  }

  /// For every element of the broadcast shape, in order, the place of the element of `source` it reads.
  package func places(in source: Shape) -> [Int] {
    let offset = shape.rank - source.rank
    let sourceStrides = source.strides
    let steps = (0..<shape.rank).map { axis in
      axis < offset || source[axis - offset] == 1 ? 0 : sourceStrides[axis - offset]
    }
    var places: [Int] = []
    places.reserveCapacity(shape.count)
    var index = [Int](repeating: 0, count: shape.rank)
    var place = 0
    for _ in 0..<shape.count {
      places.append(place)
      var axis = shape.rank - 1
      while axis >= 0 {
        index[axis] += 1
        place += steps[axis]
        if index[axis] < shape[axis] { break }
        place -= steps[axis] * index[axis]
        index[axis] = 0
        axis -= 1
      }
    }
    return places
  }
}

extension Broadcasting {
  /// The facts of an operator whose one output has the broadcast shape of its inputs.
  package static func infer(
    _ context: InferenceContext, dtype: DType? = nil
  ) throws(OperatorError) -> [Fact] {
    let inputs = context.inputs.compactMap { $0 }
    let type = dtype ?? inputs.compactMap(\.dtype).first
    let shapes = inputs.compactMap(\.shape)
    guard shapes.count == inputs.count else { return [Fact(type, nil)] }
    let shape = try Dimension.broadcast(shapes)
    try OutputSize.check(shape)
    return [Fact(type, shape)]
  }
}
