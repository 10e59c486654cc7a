package import ApusGraph
package import ApusTensor

/// The transpose of a convolution: every element of `X` `[N, C, spatial…]` adds the kernel, times itself, to
/// the output `[N, M, spatial…]`.
///
/// Inputs: X, W `[C, M / groups, kernel…]`, and a bias `[M]`. Opsets 1, 11 and 22 differ in types and
/// defaults only.
package struct ConvTranspose: Operator {
  package static let kind = OperatorKind("ConvTranspose")

  /// How the kernel moves over the output; pads are cut off.
  package var window: Window
  /// Channels are convolved in this many separate groups.
  package var groups: Int
  /// Elements added at the end of each spatial axis; empty for none.
  package var outputPadding: [Int]
  /// Spatial sizes of the output; empty where they follow from the pads.
  package var outputShape: [Int]

  /// A transposed convolution of the given form.
  package init(
    window: Window = Window(), groups: Int = 1, outputPadding: [Int] = [], outputShape: [Int] = []
  ) {
    self.window = window
    self.groups = groups
    self.outputPadding = outputPadding.allSatisfy { $0 == 0 } ? [] : outputPadding
    self.outputShape = outputShape
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    // Groups and window are a convolution's.
    let convolution = try Convolution(from: record)
    self.init(
      window: convolution.window, groups: convolution.groups,
      outputPadding: try record.ints("output_padding") ?? [],
      outputShape: try record.ints("output_shape") ?? [])
    try Window.check(outputPadding, "output_padding", from: 0)
    try Window.check(outputShape, "output_shape", from: 1)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    Convolution(window: window, groups: groups).encode(into: &record)
    if !outputPadding.isEmpty { record.set("output_padding", outputPadding) }
    if !outputShape.isEmpty { record.set("output_shape", outputShape) }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let x = try context.input(0)
    try Sizes.requireFloat(x.dtype, "X")
    try Sizes.requireOneType(context)
    guard let input = x.shape else { return [Fact(x.dtype, nil)] }
    guard let weights = try context.input(1).shape,
      weights.dropFirst(2).allSatisfy({ $0.fixed != nil })
    else {
      try Sizes.requireRank(input, "X", atLeast: 3)
      return [Fact(x.dtype, [input[0]] + context.unknownSizes("output", rank: input.count - 1))]
    }
    let sizes = try spatialSizes(x: input, w: weights)
    try Sizes.requireList(context[2], "B", count: weights[1] * groups)
    return [Fact(x.dtype, [input[0], weights[1] * groups] + sizes)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let x = try inputs.required(0)
    let w = try inputs.required(1)
    let sizes = try spatialSizes(x: x.shape.facts, w: w.shape.facts)
    let filters = w.shape[1] * groups
    let shape = try OutputSize.shape([.fixed(x.shape[0]), .fixed(filters)] + sizes)
    _ = try OutputSize.shape(Array(x.shape.facts.dropFirst(2)))
    _ = try OutputSize.shape(sizes)
    var output = [Double](repeating: 0, count: shape.count)
    if !output.isEmpty {
      let axes = try axes(x: x.shape, w: w.shape, output: shape)
      scatter(x: x, w: w, axes: axes, to: &output, plane: shape.count / shape[0] / shape[1])
    }
    if let bias = inputs.optional(2)?.doubles {
      guard bias.count == filters else {
        throw OperatorError("'B' must have \(filters) elements, but has \(bias.count)")
      }
      let plane = Sizes.product(shape.dimensions.dropFirst(2))
      for index in output.indices { output[index] += bias[index / plane % filters] }
    }
    return [Tensor(doubles: output, dtype: x.dtype, shape: shape)]
  }

  package func multiplyAccumulates(inputs: [Fact?], outputs: [Fact]) -> Int {
    guard inputs.count > 1, let x = inputs[0], let shape = inputs[1]?.shape else { return 0 }
    return Sizes.multiplyAccumulates(of: [x], each: shape.dropFirst().map(\.fixed))
  }
}

extension ConvTranspose {
  /// Spatial sizes of the output.
  private func spatialSizes(
    x: [Dimension], w: [Dimension]
  ) throws(OperatorError) -> [Dimension] {
    try Sizes.requireRank(x, "X", atLeast: 3)
    guard x.count == w.count, !x[1].contradicts(w[0]) else {
      throw OperatorError(
        "'W' of shape \(w) must have as many axes as 'X' of shape \(x), and its first size "
          + "must be the channels of 'X'")
    }
    if let channels = w[0].fixed, channels % groups != 0 {
      throw OperatorError("\(channels) channels cannot be split into \(groups) groups")
    }
    let rank = x.count - 2
    if !outputShape.isEmpty {
      let sizes = try window.filled(outputShape, "output_shape", count: rank, default: 0)
      return sizes.map(Dimension.fixed)
    }
    let strides = try window.filled(window.strides, "strides", count: rank, default: 1)
    let pads = try window.filled(window.pads, "pads", count: 2 * rank, default: 0)
    let extents = try extents(w)
    var sizes: [Dimension] = []
    for axis in 0..<rank {
      let input = x[axis + 2]
      if window.padding == .sameUpper || window.padding == .sameLower {
        sizes.append(input * strides[axis])
        continue
      }
      let size = (input - 1) * strides[axis] + extents[axis] - (pads[axis] + pads[axis + rank])
      if let size = size.fixed, size < 0 {
        throw OperatorError(
          "pads \(pads) cut off more than the output's size along axis \(axis + 2)")
      }
      sizes.append(size)
    }
    return sizes
  }

  /// What one element of the input covers along each axis, with the padding of the output.
  private func extents(_ w: [Dimension]) throws(OperatorError) -> [Int] {
    let rank = w.count - 2
    let dilations = try window.filled(window.dilations, "dilations", count: rank, default: 1)
    let added = try window.filled(outputPadding, "output_padding", count: rank, default: 0)
    let kernel = w.dropFirst(2).compactMap(\.fixed)
    try Window.check(kernel, "kernel_shape", from: 1)
    return (0..<rank).map { (kernel[$0] - 1) * dilations[$0] + 1 + added[$0] }
  }

  /// The window as a convolution from output to input has it.
  private func axes(
    x: Shape, w: Shape, output: Shape
  ) throws(OperatorError) -> [WindowAxis] {
    let rank = x.rank - 2
    let strides = try window.filled(window.strides, "strides", count: rank, default: 1)
    let dilations = try window.filled(window.dilations, "dilations", count: rank, default: 1)
    let pads = try window.filled(window.pads, "pads", count: 2 * rank, default: 0)
    let extents = try extents(w.facts)
    let followsPads =
      outputShape.isEmpty && (window.padding == .explicit || window.padding == .valid)
    return (0..<rank).map { axis in
      var before = pads[axis]
      if !followsPads {
        let full = (x[axis + 2] - 1) * strides[axis] + extents[axis]
        let total = max(0, full - output[axis + 2])
        before = window.padding == .sameUpper ? total / 2 : total - total / 2
      }
      return WindowAxis(
        input: output[axis + 2], output: x[axis + 2], kernel: w[axis + 2], stride: strides[axis],
        dilation: dilations[axis], pads: (before, 0))
    }
  }

  private func scatter(
    x: Tensor, w: Tensor, axes: [WindowAxis], to output: inout [Double], plane: Int
  ) {
    guard let last = axes.last, x.count > 0 else { return }
    let elements = x.doubles
    let weights = w.doubles
    let rows = WindowRows(axes)
    let channels = x.shape[1]
    let filters = w.shape[1]
    let width = x.shape[x.shape.rank - 1]
    let kernelPlane = Sizes.product(axes.map(\.kernel))
    let spans = (0..<last.kernel).map { last.outputs(of: $0) }
    for row in 0..<rows.count {
      let pairs = rows.pairs(of: row)
      for source in 0..<x.shape[0] * channels {
        let image = source / channels
        let channel = source % channels
        let group = channel / (channels / groups)
        let start = (source * rows.count + row) * width
        for filter in 0..<filters {
          let target = ((image * groups + group) * filters + filter) * plane
          let kernel = (channel * filters + filter) * kernelPlane
          for pair in pairs {
            for (element, span) in spans.enumerated() {
              let weight = weights[kernel + pair.kernel + element]
              let first = target + pair.input + element * last.dilation
              for index in span {
                output[first + last.start(of: index)] += weight * elements[start + index]
              }
            }
          }
        }
      }
    }
  }
}
