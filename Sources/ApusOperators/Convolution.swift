package import ApusGraph
package import ApusTensor

/// What Conv, ConvInteger and QLinearConv share: the shape rule and the sum of products.
///
/// Input `[N, C, spatial…]`, weights `[M, C / groups, kernel…]`, output `[N, M, spatial…]`.
package struct Convolution: Hashable, Sendable {
  /// How the kernel moves.
  package var window: Window
  /// Channels are convolved in this many separate groups.
  package var groups: Int

  /// A convolution with the given window.
  package init(window: Window = Window(), groups: Int = 1) {
    self.window = window
    self.groups = groups
  }

  /// Reads the attributes; `kernel_shape` is implied by the weights.
  package init(from record: OperatorRecord) throws(OperatorError) {
    window = try Window(from: record)
    groups = try record.int("group", default: 1)
    guard groups >= 1, groups <= Sizes.maximumStep else {
      throw OperatorError("attribute 'group' must be at least 1, but is \(groups)")
    }
  }

  /// Writes the attributes that differ from the defaults.
  package func encode(into record: inout OperatorRecord) {
    window.encode(into: &record)
    if groups != 1 { record.set("group", groups) }
    guard record.inputs.count > 1, let weights = record.constantInput(1) else { return }
    record.set("kernel_shape", Array(weights.shape.dimensions.dropFirst(2)))
  }

  /// The window along each spatial axis.
  package func axes(x: [Dimension], w: [Dimension]) throws(OperatorError) -> [WindowAxis] {
    try Sizes.requireRank(x, "X", atLeast: 3)
    guard x.count == w.count else {
      throw OperatorError("'X' of shape \(x) and 'W' of shape \(w) must have equally many axes")
    }
    if x[1].contradicts(w[1] * groups) {
      throw OperatorError(
        "'W' of shape \(w) in \(groups) groups needs \(w[1] * groups) input channels, "
          + "but 'X' has \(x[1])")
    }
    if let filters = w[0].fixed, filters % groups != 0 {
      throw OperatorError("\(filters) filters cannot be split into \(groups) groups")
    }
    let kernel = w.dropFirst(2).compactMap(\.fixed)
    guard kernel.count == w.count - 2 else {
      throw OperatorError("the kernel sizes of 'W' must be known, but its shape is \(w)")
    }
    return try window.axes(kernel: kernel, input: Array(x.dropFirst(2)))
  }

  /// The facts of the output.
  package func infer(
    _ context: InferenceContext, x: Int = 0, w: Int = 1, dtype: DType?
  ) throws(OperatorError) -> [Fact] {
    guard let input = try context.input(x).shape else { return [Fact(dtype, nil)] }
    try Sizes.requireRank(input, "X", atLeast: 3)
    guard let weights = try context.input(w).shape else {
      let sizes = context.unknownSizes("output", rank: input.count - 1)
      return [Fact(dtype, [input[0]] + sizes)]
    }
    try Sizes.requireRank(weights, "W", atLeast: 3)
    guard weights.dropFirst(2).allSatisfy({ $0.fixed != nil }) else {
      let sizes = context.unknownSizes("output", rank: input.count - 2)
      return [Fact(dtype, [input[0], weights[0]] + sizes)]
    }
    let sizes = try axes(x: input, w: weights).enumerated().map {
      $1.output ?? context.unknownSize("output\($0)")
    }
    return [Fact(dtype, [input[0], weights[0]] + sizes)]
  }

  /// Multiply-accumulates: as many per output as one filter has weights.
  package func multiplyAccumulates(w: Fact?, outputs: [Fact]) -> Int {
    guard let shape = w?.shape else { return 0 }
    return Sizes.multiplyAccumulates(of: outputs, each: shape.dropFirst().map(\.fixed))
  }

  /// The convolution, with every sum in double precision: exact for 8-bit integers.
  ///
  /// - Parameters:
  ///   - x: the input's elements and shape.
  ///   - w: the weights' elements and shape.
  ///   - bias: one number for each filter, or nil.
  /// - Returns: the output's elements and shape.
  package func evaluate(
    x: (elements: [Double], shape: Shape), w: (elements: [Double], shape: Shape), bias: [Double]?
  ) throws(OperatorError) -> (elements: [Double], shape: Shape) {
    var axes = try axes(x: x.shape.facts, w: w.shape.facts)
    let spatial = axes.map { $0.output ?? 0 }
    _ = try OutputSize.shape(axes.map(\.input))
    let shape = try OutputSize.shape([.fixed(x.shape[0]), .fixed(w.shape[0])] + spatial)
    if let bias, bias.count != w.shape[0] {
      throw OperatorError("'B' must have \(w.shape[0]) elements, but has \(bias.count)")
    }
    if axes.allSatisfy({ $0.kernel == 1 && $0.stride == 1 && $0.pads.map { $0 == (0, 0) } ?? false }
    ) {
      // A 1×1 kernel meets every element once: a plane can be read as one long row.
      let whole = Dimension.product(axes.map(\.input))
      axes = try Window().axes(kernel: [1], input: [whole])
    }
    let sums = ConvolutionSums(
      axes: axes, channels: x.shape[1], channelsPerGroup: w.shape[1], filters: w.shape[0],
      groups: groups)
    var output = [Double](repeating: 0, count: shape.count)
    for image in 0..<(shape.count == 0 ? 0 : shape[0]) {
      sums.add(image: image, x: x.elements, w: w.elements, bias: bias, to: &output)
    }
    return (output, shape)
  }
}

/// The loops of a convolution.
private struct ConvolutionSums {
  let axes: [WindowAxis]
  let channels: Int
  let channelsPerGroup: Int
  let filters: Int
  let groups: Int

  /// Writes the output of one image.
  func add(image: Int, x: [Double], w: [Double], bias: [Double]?, to output: inout [Double]) {
    guard let last = axes.last, let width = last.output?.fixed else { return }
    let rows = WindowRows(axes)
    let inputPlane = Sizes.product(axes.map { $0.input.fixed ?? 0 })
    let kernelPlane = Sizes.product(axes.map(\.kernel))
    let spans = (0..<last.kernel).map { last.outputs(of: $0) }
    let filtersPerGroup = filters / groups
    output.withUnsafeMutableBufferPointer { output in
      x.withUnsafeBufferPointer { x in
        for row in 0..<rows.count {
          let pairs = rows.pairs(of: row)
          for filter in 0..<filters {
            let target = ((image * filters + filter) * rows.count + row) * width
            let sums = UnsafeMutableBufferPointer(rebasing: output[target..<target + width])
            if let bias { sums.update(repeating: bias[filter]) }
            let first = image * channels + filter / filtersPerGroup * channelsPerGroup
            for channel in 0..<channelsPerGroup {
              let plane = (first + channel) * inputPlane
              let weights = (filter * channelsPerGroup + channel) * kernelPlane
              for pair in pairs {
                for element in 0..<last.kernel where !spans[element].isEmpty {
                  let span = spans[element]
                  let start = plane + pair.input + last.start(of: span.lowerBound)
                  addProducts(
                    of: w[weights + pair.kernel + element], x,
                    from: start + element * last.dilation, by: last.stride, to: sums, span)
                }
              }
            }
          }
        }
      }
    }
  }

  /// sums[i] += weight * x[start + (i - span.lowerBound) * step] for i in span.
  @inline(__always)
  private func addProducts(
    of weight: Double, _ x: UnsafeBufferPointer<Double>, from start: Int, by step: Int,
    to sums: UnsafeMutableBufferPointer<Double>, _ span: Range<Int>
  ) {
    if step == 1 {
      let source = start - span.lowerBound
      for index in span { sums[index] += weight * x[source &+ index] }
    } else {
      var source = start
      for index in span {
        sums[index] += weight * x[source]
        source &+= step
      }
    }
  }
}
