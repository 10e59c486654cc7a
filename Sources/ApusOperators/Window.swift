package import ApusGraph

/// How a kernel is moved over the spatial axes: what convolutions and pools have in common.
///
/// Source: the pages Conv and MaxPool of ONNX's Operators.md. Lists are per spatial axis; an empty
/// list stands for the default.
package struct Window: Hashable, Sendable {
  /// How padding is found.
  package enum Padding: String, Hashable, Sendable {
    /// As `pads` says.
    case explicit = "NOTSET"
    /// Output size is input size over stride, rounded up; an odd element of padding goes to the end.
    case sameUpper = "SAME_UPPER"
    /// Likewise; an odd element of padding goes to the beginning.
    case sameLower = "SAME_LOWER"
    /// None.
    case valid = "VALID"
  }

  /// Steps between neighbouring outputs, in input elements; empty for all 1.
  package var strides: [Int]
  /// Steps between neighbouring kernel elements; empty for all 1.
  package var dilations: [Int]
  /// Elements added before each axis, then after each axis; empty for none.
  package var pads: [Int]
  /// How padding is found.
  package var padding: Padding
  /// Whether a last window that is not full counts.
  package var roundsUp: Bool

  /// A window with the given steps.
  package init(
    strides: [Int] = [], dilations: [Int] = [], pads: [Int] = [], padding: Padding = .explicit,
    roundsUp: Bool = false
  ) {
    // One form for the defaults, so that equal windows compare equal.
    self.strides = strides.allSatisfy { $0 == 1 } ? [] : strides
    self.dilations = dilations.allSatisfy { $0 == 1 } ? [] : dilations
    self.pads = pads.allSatisfy { $0 == 0 } ? [] : pads
    self.padding = padding
    self.roundsUp = roundsUp
  }

  /// Reads `strides`, `dilations`, `pads`, `auto_pad` and `ceil_mode`.
  package init(from record: OperatorRecord) throws(OperatorError) {
    let name = try record.string("auto_pad", default: Padding.explicit.rawValue)
    guard let padding = Padding(rawValue: name) else {
      throw OperatorError(
        "attribute 'auto_pad' must be NOTSET, SAME_UPPER, SAME_LOWER or VALID, but is '\(name)'")
    }
    self.init(
      strides: try record.ints("strides") ?? [], dilations: try record.ints("dilations") ?? [],
      pads: padding == .explicit ? try record.ints("pads") ?? [] : [], padding: padding,
      roundsUp: try record.int("ceil_mode", default: 0) != 0)
    try Self.check(strides, "strides", from: 1)
    try Self.check(dilations, "dilations", from: 1)
    try Self.check(pads, "pads", from: 0)
  }

  /// Writes what differs from the defaults.
  package func encode(into record: inout OperatorRecord) {
    if !strides.isEmpty { record.set("strides", strides) }
    if !dilations.isEmpty { record.set("dilations", dilations) }
    if !pads.isEmpty { record.set("pads", pads) }
    if padding != .explicit { record.set("auto_pad", padding.rawValue) }
    if roundsUp { record.set("ceil_mode", true) }
  }

  /// Whether dilations are all 1.
  package var isDense: Bool { dilations.allSatisfy { $0 == 1 } }

  /// Fails where a value lies outside of what a size may be.
  package static func check(
    _ values: [Int], _ name: String, from smallest: Int
  ) throws(OperatorError) {
    for value in values where value < smallest || value > Sizes.maximumStep {
      throw OperatorError(
        "attribute '\(name)' must be from \(smallest) to \(Sizes.maximumStep), but is \(values)")
    }
  }

  /// The window along each axis of an input.
  ///
  /// - Parameters:
  ///   - kernel: kernel sizes.
  ///   - input: spatial sizes of the input, as many as the kernel has.
  package func axes(
    kernel: [Int], input: [Dimension]
  ) throws(OperatorError) -> [WindowAxis] {
    let rank = kernel.count
    guard input.count == rank else {
      throw OperatorError("a kernel of sizes \(kernel) does not fit spatial sizes \(input)")
    }
    try Self.check(kernel, "kernel_shape", from: 1)
    let strides = try filled(strides, "strides", count: rank, default: 1)
    let dilations = try filled(dilations, "dilations", count: rank, default: 1)
    let pads = try filled(pads, "pads", count: 2 * rank, default: 0)
    var axes: [WindowAxis] = []
    for axis in 0..<rank {
      axes.append(
        try WindowAxis(
          input: input[axis], kernel: kernel[axis], stride: strides[axis],
          dilation: dilations[axis], pads: (pads[axis], pads[axis + rank]), window: self))
    }
    return axes
  }

  /// The list, or the default for each place where it is empty.
  package func filled(
    _ values: [Int], _ name: String, count: Int, default value: Int
  ) throws(OperatorError) -> [Int] {
    if values.isEmpty { return [Int](repeating: value, count: count) }
    guard values.count == count else {
      throw OperatorError("attribute '\(name)' must have \(count) values, but has \(values)")
    }
    return values
  }
}

/// A window along one axis.
package struct WindowAxis {
  /// Elements of the input.
  package let input: Dimension
  /// Elements of the output; nil where it depends on a rounding of an unknown size.
  package let output: Dimension?
  /// Elements of the kernel.
  package let kernel: Int
  /// Input elements between neighbouring outputs.
  package let stride: Int
  /// Input elements between neighbouring kernel elements.
  package let dilation: Int
  /// Padding before the first and after the last input element; nil where it depends on an unknown size.
  package let pads: (before: Int, after: Int)?

  init(
    input: Dimension, kernel: Int, stride: Int, dilation: Int, pads: (Int, Int), window: Window
  ) throws(OperatorError) {
    self.input = input
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    let extent = (kernel - 1) * dilation + 1
    switch window.padding {
    case .explicit, .valid:
      self.pads = pads
      let room = input + (pads.0 + pads.1 - extent)
      if let room = room.fixed, room < 0 {
        throw OperatorError(
          "a kernel of \(kernel) elements, dilated to \(extent), does not fit into an axis of "
            + "\(input) elements with \(pads.0) + \(pads.1) of padding")
      }
      output = Self.output(room: room, input: input, extent: extent, stride, pads, window.roundsUp)
    case .sameUpper, .sameLower:
      let count = input.dividedRoundingUp(by: stride)
      output = count
      guard let size = input.fixed, let count = count.fixed, size <= OutputSize.maximum else {
        self.pads = nil
        return
      }
      let total = max(0, (count - 1) * stride + extent - size)
      let half = window.padding == .sameUpper ? total / 2 : total - total / 2
      self.pads = (half, total - half)
    }
  }

  /// A window whose sizes are all given.
  package init(
    input: Int, output: Int, kernel: Int, stride: Int, dilation: Int,
    pads: (before: Int, after: Int)
  ) {
    self.input = .fixed(input)
    self.output = .fixed(output)
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.pads = pads
  }

  private static func output(
    room: Dimension, input: Dimension, extent: Int, _ stride: Int, _ pads: (Int, Int),
    _ roundsUp: Bool
  ) -> Dimension? {
    if !roundsUp { return room.dividedRoundingDown(by: stride) + 1 }
    let count = room.dividedRoundingUp(by: stride) + 1
    // A window that would begin in the padding at the end is left out.
    if stride - 1 + pads.1 < extent { return count }
    guard let number = count.fixed, let size = input.fixed, size <= OutputSize.maximum else {
      return nil
    }
    return .fixed((number - 1) * stride >= size + pads.0 ? number - 1 : number)
  }

  /// The kernel elements that lie on the input for an output; empty where none does.
  ///
  /// Kernel element `k` lies on input element `start(of: output) + k * dilation`.
  package func elements(of output: Int) -> Range<Int> {
    let start = start(of: output)
    let size = input.fixed ?? 0
    let first = start >= 0 ? 0 : (dilation - 1 - start) / dilation
    let last = start >= size ? 0 : min(kernel, (size - 1 - start) / dilation + 1)
    return first < last ? first..<last : 0..<0
  }

  /// The input element under the first kernel element; may lie in the padding.
  package func start(of output: Int) -> Int { output * stride - (pads?.before ?? 0) }

  /// The outputs for which a kernel element lies on the input.
  package func outputs(of element: Int) -> Range<Int> {
    let shift = element * dilation - (pads?.before ?? 0)
    let size = input.fixed ?? 0
    let first = shift >= 0 ? 0 : (stride - 1 - shift) / stride
    let last = size - 1 - shift < 0 ? 0 : min(output?.fixed ?? 0, (size - 1 - shift) / stride + 1)
    return first < last ? first..<last : 0..<0
  }
}

/// The rows of a window's output, all axes but the last: for each the rows of kernel and input that meet there.
package struct WindowRows {
  /// A row of the kernel on a row of the input, each by its first element's place.
  package struct Pair {
    /// Place of the row's first element in the kernel.
    package let kernel: Int
    /// Place of the row's first element in one plane of the input.
    package let input: Int
    /// The elements of all kernel axes but the last.
    package let inputIndex: [Int]
  }

  let axes: ArraySlice<WindowAxis>
  /// The number of rows.
  package let count: Int
  private let kernelSteps: [Int]
  private let inputSteps: [Int]

  /// The rows of a window whose sizes are all known.
  package init(_ axes: [WindowAxis]) {
    self.axes = axes.dropLast()
    count = Sizes.product(self.axes.map { $0.output?.fixed ?? 0 })
    var kernelSteps: [Int] = []
    var inputSteps: [Int] = []
    var kernelStep = axes.last?.kernel ?? 1
    var inputStep = axes.last?.input.fixed ?? 1
    for axis in self.axes.reversed() {
      kernelSteps.insert(kernelStep, at: 0)
      inputSteps.insert(inputStep, at: 0)
      kernelStep *= axis.kernel
      inputStep *= axis.input.fixed ?? 0
    }
    self.kernelSteps = kernelSteps
    self.inputSteps = inputSteps
  }

  /// The output element along every axis but the last.
  package func index(of row: Int) -> [Int] {
    var index = [Int](repeating: 0, count: axes.count)
    var rest = row
    for axis in axes.indices.reversed() {
      let size = axes[axis].output?.fixed ?? 1
      index[axis] = rest % size
      rest /= size
    }
    return index
  }

  /// What meets in one row of the output.
  package func pairs(of row: Int) -> [Pair] {
    var pairs = [Pair(kernel: 0, input: 0, inputIndex: [])]
    for (axis, output) in zip(axes.indices, index(of: row)) {
      let elements = axes[axis].elements(of: output)
      let start = axes[axis].start(of: output)
      var next: [Pair] = []
      next.reserveCapacity(pairs.count * elements.count)
      for pair in pairs {
        for element in elements {
          let place = start + element * axes[axis].dilation
          next.append(
            Pair(
              kernel: pair.kernel + element * kernelSteps[axis],
              input: pair.input + place * inputSteps[axis],
              inputIndex: pair.inputIndex + [place]))
        }
      }
      pairs = next
    }
    return pairs
  }
}
