package import ApusGraph
package import ApusTensor

/// What the pools share: attributes, the shape rule, and the walk over windows.
///
/// Input and output are `[N, C, spatial…]`.
package struct Pooling: Hashable, Sendable {
  /// Sizes of the window.
  package var kernel: [Int]
  /// How it moves.
  package var window: Window

  /// Pooling with the given kernel.
  package init(kernel: [Int], window: Window = Window()) {
    self.kernel = kernel
    self.window = window
  }

  /// Reads the attributes.
  package init(from record: OperatorRecord) throws(OperatorError) {
    guard let kernel = try record.ints("kernel_shape") else {
      throw OperatorError("attribute 'kernel_shape' is missing")
    }
    try Window.check(kernel, "kernel_shape", from: 1)
    self.init(kernel: kernel, window: try Window(from: record))
  }

  /// Writes the attributes.
  ///
  /// - Parameters:
  ///   - roundsUpSince: the opset that has `ceil_mode`.
  ///   - dilatesSince: the opset that has `dilations`.
  package func encode(
    into record: inout OperatorRecord, roundsUpSince: Int = 10, dilatesSince: Int
  ) throws(OperatorError) {
    record.set("kernel_shape", kernel)
    window.encode(into: &record)
    if window.roundsUp { try record.require(opset: roundsUpSince) }
    if !window.isDense { try record.require(opset: dilatesSince) }
  }

  /// The window along each spatial axis.
  package func axes(x: [Dimension]) throws(OperatorError) -> [WindowAxis] {
    try Sizes.requireRank(x, "X", atLeast: 3)
    return try window.axes(kernel: kernel, input: Array(x.dropFirst(2)))
  }

  /// The fact of the output.
  package func infer(_ context: InferenceContext) throws(OperatorError) -> Fact {
    let x = try context.input(0)
    guard let input = x.shape else { return Fact(x.dtype, nil) }
    let sizes = try axes(x: input).enumerated().map {
      $1.output ?? context.unknownSize("output\($0)")
    }
    return Fact(x.dtype, Array(input.prefix(2)) + sizes)
  }

  /// Calls `body` with each output's place and the places of the input elements in its window.
  ///
  /// The window's padded size counts padding that is declared, but not what `ceil_mode` adds.
  package func forEachWindow(
    of shape: Shape,
    _ body: (_ output: Int, _ input: [Int], _ paddedCount: Int) -> Void
  ) throws(OperatorError) -> Shape {
    let axes = try axes(x: shape.facts)
    _ = try OutputSize.shape(axes.map(\.input))
    let output = try OutputSize.shape(shape.facts.prefix(2) + axes.map { $0.output ?? 0 })
    guard output.count > 0, let last = axes.last else { return output }
    let rows = WindowRows(axes)
    let width = output[output.rank - 1]
    let planes = shape[0] * shape[1]
    let inputPlane = Sizes.product(shape.dimensions.dropFirst(2))
    for row in 0..<rows.count {
      let pairs = rows.pairs(of: row)
      let rowCount = zip(axes, rows.index(of: row)).reduce(1) { $0 &* $1.0.paddedCount(of: $1.1) }
      for column in 0..<width {
        let elements = last.elements(of: column)
        let start = last.start(of: column)
        let places = pairs.flatMap { pair in
          elements.map { pair.input + start + $0 * last.dilation }
        }
        let count = rowCount &* last.paddedCount(of: column)
        for plane in 0..<planes {
          let target = (plane * rows.count + row) * width + column
          body(target, places.map { $0 + plane * inputPlane }, count)
        }
      }
    }
    return output
  }

  /// A pool of floating-point numbers: each output is a function of the numbers in its window.
  package func evaluate(
    _ x: Tensor, _ function: (_ window: [Double], _ paddedCount: Int) -> Double
  ) throws(OperatorError) -> Tensor {
    let elements = x.doubles
    let count = Sizes.clampedProduct(try outputShape(x.shape).dimensions)
    var output = [Double](repeating: 0, count: count)
    let shape = try forEachWindow(of: x.shape) { target, places, padded in
      output[target] = function(places.map { elements[$0] }, padded)
    }
    return Tensor(doubles: output, dtype: x.dtype, shape: shape)
  }

  /// The shape of the output.
  package func outputShape(_ shape: Shape) throws(OperatorError) -> Shape {
    try OutputSize.shape(shape.facts.prefix(2) + axes(x: shape.facts).map { $0.output ?? 0 })
  }
}

extension WindowAxis {
  /// The kernel elements on input or declared padding.
  fileprivate func paddedCount(of output: Int) -> Int {
    let end = (input.fixed ?? 0) + (pads?.after ?? 0)
    let start = start(of: output)
    return start >= end ? 0 : min(kernel, (end - 1 - start) / dilation + 1)
  }
}
