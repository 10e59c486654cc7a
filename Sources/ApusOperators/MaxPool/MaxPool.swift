package import ApusGraph
package import ApusTensor

/// The largest element of each window, and where it lies.
///
/// Output 1 (opset 8) holds places in the flattened input, counted row by row, or, with
/// `countsColumnsFirst`, with the first spatial axis running fastest. Opset 10 adds dilations and
/// `ceil_mode`, 12 8-bit integers, 22 bfloat16.
package struct MaxPool: Operator {
  package static let kind = OperatorKind("MaxPool")

  /// Kernel and window.
  package var pooling: Pooling
  /// How places are counted: `storage_order` of 1.
  package var countsColumnsFirst: Bool

  /// A pool with the given window.
  package init(_ pooling: Pooling, countsColumnsFirst: Bool = false) {
    self.pooling = pooling
    self.countsColumnsFirst = countsColumnsFirst
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    pooling = try Pooling(from: record)
    countsColumnsFirst = try record.int("storage_order", default: 0) != 0
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try pooling.encode(into: &record, dilatesSince: 10)
    if countsColumnsFirst { record.set("storage_order", true) }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let output = try pooling.infer(context)
    return [output, Fact(.int64, output.shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let x = try inputs.required(0)
    let elements = x.doubles
    let shape = try pooling.outputShape(x.shape)
    // An empty window lies in the padding, which is the smallest number of the type.
    let smallest = x.dtype.integerRange.map { Double($0.lowerBound) } ?? -.infinity
    var output = [Double](repeating: smallest, count: shape.count)
    var places = [Int64](repeating: 0, count: shape.count)
    _ = try pooling.forEachWindow(of: x.shape) { target, window, _ in
      guard var best = window.first else { return }
      for place in window where elements[place] > elements[best] || elements[place].isNaN {
        best = place
      }
      output[target] = elements[best]
      places[target] = Int64(best)
    }
    if countsColumnsFirst { places = places.map { columnsFirst($0, x.shape) } }
    return [
      Tensor(doubles: output, dtype: x.dtype, shape: shape), Tensor(places, shape: shape),
    ]
  }

  /// The place with the spatial axes counted in reverse order.
  private func columnsFirst(_ place: Int64, _ shape: Shape) -> Int64 {
    let sizes = shape.dimensions.dropFirst(2)
    let plane = Sizes.product(sizes)
    var rest = Int(place) % plane
    var index: [Int] = []
    for size in sizes.reversed() {
      index.append(rest % size)
      rest /= size
    }
    var result = 0
    for (size, element) in zip(sizes.reversed(), index) { result = result * size + element }
    return Int64(Int(place) / plane * plane + result)
  }
}
