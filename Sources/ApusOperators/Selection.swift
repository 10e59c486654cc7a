package import ApusTensor

// What all operators that only move elements are made of: a list of places to read from.

/// Elements of a row-major array read with a start and a step along each axis.
package struct StridedView {
  package var start: Int
  package var sizes: [Int]
  package var steps: [Int]

  package init(start: Int = 0, sizes: [Int], steps: [Int]) {
    self.start = start
    self.sizes = sizes
    self.steps = steps
  }

  /// The places of the elements, the last axis changing fastest.
  package var places: [Int] {
    let count = sizes.reduce(1, *)
    var places: [Int] = []
    places.reserveCapacity(count)
    var index = [Int](repeating: 0, count: sizes.count)
    var place = start
    for _ in 0..<count {
      places.append(place)
      var axis = sizes.count - 1
      while axis >= 0 {
        index[axis] += 1
        place += steps[axis]
        if index[axis] < sizes[axis] { break }
        place -= steps[axis] * index[axis]
        index[axis] = 0
        axis -= 1
      }
    }
    return places
  }
}

extension Shape {
  /// Calls `body` with the index of every element, the last axis changing fastest.
  package func forEachIndex<Failure: Error>(
    _ body: (_ index: [Int]) throws(Failure) -> Void
  ) throws(Failure) {
    var index = [Int](repeating: 0, count: rank)
    for _ in 0..<count {
      try body(index)
      var axis = rank - 1
      while axis >= 0 {
        index[axis] += 1
        if index[axis] < self[axis] { break }
        index[axis] = 0
        axis -= 1
      }
    }
  }

  /// The products of the sizes before, at and after an axis.
  package func split(at axis: Int) -> (outer: Int, size: Int, inner: Int) {
    (
      dimensions[..<axis].reduce(1, *), dimensions[axis], dimensions[(axis + 1)...].reduce(1, *)
    )
  }
}

extension Tensor {
  /// The elements at the given places, in their order.
  package func selecting(_ places: [Int], shape: Shape) -> Tensor {
    func select<Element: TensorElement>(_ type: Element.Type) -> Tensor {
      let elements = elements(as: type)
      return Tensor(places.map { elements[$0] }, shape: shape)
    }
    return select(dtype.elementType)
  }

  /// The elements of all tensors one after the other; all are of one type, and there is at least one.
  package static func joined(_ tensors: [Tensor]) -> Tensor {
    func join<Element: TensorElement>(_ type: Element.Type) -> Tensor {
      Tensor(tensors.flatMap { $0.elements(as: type) })
    }
    return join(tensors[0].dtype.elementType)
  }
}

extension DType {
  /// The Swift type of one element.
  var elementType: any TensorElement.Type {
    switch self {
    case .float32: Float.self
    case .float16: Half.self
    case .bfloat16: BFloat16.self
    case .float64: Double.self
    case .int8: Int8.self
    case .int16: Int16.self
    case .int32: Int32.self
    case .int64: Int64.self
    case .uint8: UInt8.self
    case .uint16: UInt16.self
    case .uint32: UInt32.self
    case .uint64: UInt64.self
    case .bool: Bool.self
    }
  }
}
