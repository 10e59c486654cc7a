import ApusTensor

/// Checks that a plan from a file can be run: that every step reads and writes inside the memories, and that
/// no number is so large that loading the step would overflow.
///
/// What depends on kernels, the packing of weights above all, is checked when the plan is loaded.
struct PlanVerifier {
  /// Words of the largest arena: 64 GiB.
  static let largestArena = 1 << 34
  /// The largest side of a plane and padding beside it, and number of channels.
  static let largestSize = 1 << 20
  /// The largest side of a window, and distance of two of them.
  static let largestStep = 1 << 12
  /// More work than any run does.
  private static let largestCost = 1 << 55
  private static let largestSlotCount = 1 << 16

  private let plan: Plan

  init(_ plan: Plan) { self.plan = plan }

  /// Checks everything.
  func verify() throws(PlanFormatError) {
    try check((0...Self.largestArena).contains(plan.arenaCount), "the arena's size")
    try check((0...Self.largestSlotCount).contains(plan.slotCount), "the number of slots")
    try check(plan.constants.count % 4 == 0, "the constants' size")
    for binding in plan.inputs { try verify(binding, isInput: true) }
    for binding in plan.outputs { try verify(binding, isInput: false) }
    var (work, bytes) = (0, 0)
    for step in plan.steps {
      do throws(PlanFormatError) {
        work += try count(step.multiplyAccumulates, atMost: Self.largestCost - work, "work")
        bytes += try count(step.bytes, atMost: Self.largestCost - bytes, "bytes")
        for place in step.operation.reads { try verify(place) }
        for place in step.operation.writes {
          try verify(place)
          try check(place.memory == .arena, "the destination \(place), which is constant,")
        }
        try verify(step.operation)
      } catch {
        throw PlanFormatError(offset: 0, what: "step '\(step.name)': \(error.what)")
      }
    }
  }

  private func verify(_ binding: Plan.Binding, isInput: Bool) throws(PlanFormatError) {
    let name = "'\(binding.name)'"
    switch binding.holder {
    case .place(let place):
      try verify(place)
      try check(
        binding.dtype == .float32 && binding.shape?.count == place.count, "the type of \(name)")
      try check(!isInput || place.memory == .arena, "the place of \(name)")
    case .map(let map):
      try verify(map.place)
      try verify(map)
      try check(
        binding.dtype == .float32 && binding.shape == map.shape, "the type of \(name)")
      try check(map.place.memory == .arena, "the place of \(name)")
    case .slot(let slot): try check((0..<plan.slotCount).contains(slot), "the slot of \(name)")
    case .constant(let tensor):
      try check(
        !isInput && binding.dtype == tensor.dtype && binding.shape == tensor.shape,
        "the constant \(name)")
    }
  }

  private func verify(_ place: Place) throws(PlanFormatError) {
    let size = place.memory == .arena ? plan.arenaCount : plan.constants.count / 4
    try check(
      place.offset >= 0 && place.count >= 0 && place.count <= size
        && place.offset <= size - place.count, "\(place), outside a memory of \(size) words,")
  }

  private func verify(_ operation: Operation) throws(PlanFormatError) {
    switch operation {
    case .convolution(let step): try verify(step)
    case .depthwise(let step):
      let (input, output) = try pixels(step.window)
      let planes = try product(step.images, step.channels)
      try check(step.source, holds: product(planes, input))
      try check(step.destination, holds: product(planes, output))
      try check(step.weights, holds: product(step.channels, taps(step.window)))
      try check(step.bias, holds: step.channels)
    case .pool(let step):
      let (input, output) = try pixels(step.window)
      let planes = step.destination.count / output
      try check(step.source, holds: product(planes, input))
      try check(step.destination, holds: product(planes, output))
    case .unary(let step): try check(step.source, holds: step.destination.count)
    case .binary(let step): try verify(step)
    case .copy(let step): try verify(step)
    case .gather(let step):
      try verifyPlanes(
        step.source, step.width, step.height, step.destination, step.rows.count, step.columns.count)
      try check(step.rows.allSatisfy { 0 <= $0 && Int($0) < step.height }, "a row")
      try check(step.columns.allSatisfy { 0 <= $0 && Int($0) < step.width }, "a column")
    case .interpolate(let step):
      try verifyPlanes(
        step.source, step.width, step.height, step.destination, step.rows.count, step.columns.count)
      try check((step.rows + step.columns).allSatisfy(\.isFinite), "a row or column")
    case .softmax(let step):
      let block = try product(step.length, step.inner)
      try check(step.destination.count % block == 0, "the number of elements")
      try check(step.source, holds: step.destination.count)
    case .mean(let step):
      try check(step.source, holds: product(step.destination.count, positive(step.length)))
    case .pack(let step):
      try check(
        step.source, holds: product(product(step.groups, step.rows), step.channels, step.taps))
    case .feature(let step): try verify(step)
    case .host: throw PlanFormatError(offset: 0, what: "a host step is no step of a file")
    }
  }

  private func verify(_ step: ConvolutionStep) throws(PlanFormatError) {
    let (input, output) = try pixels(step.window)
    let parts = try product(step.images, step.groups)
    try check(step.source, holds: product(parts, step.inputChannels, input))
    let results = try product(parts, step.outputChannels, output)
    try check(step.destination, holds: results)
    if let residual = step.residual { try check(residual, holds: results) }
    let depth = try product(step.inputChannels, taps(step.window))
    let weights = try product(step.groups, step.outputChannels, depth)
    // Panels are padded: how far, the kernel says.
    try check(step.weights.count >= weights, "the number of weights")
  }

  private func verify(_ step: BinaryStep) throws(PlanFormatError) {
    var rows = 1
    for size in step.rows { rows = try product(rows, count(size, atMost: .max, "a size")) }
    try check(
      step.destination, holds: product(rows, count(step.run, atMost: .max, "the run")))
    guard step.destination.count > 0 else { return }
    for (side, strides, repeats) in [
      (step.left, step.leftStrides, step.repeatsLeft),
      (step.right, step.rightStrides, step.repeatsRight),
    ] {
      try check(strides.allSatisfy { $0 >= 0 }, "a stride")
      let reach = try extent(step.rows, strides, from: 0)
      let run = repeats ? 1 : step.run
      try check(
        run <= side.count && reach.upperBound <= side.count - run, "the reach of a side")
    }
  }

  private func verify(_ step: CopyStep) throws(PlanFormatError) {
    for box in step.boxes {
      var elements = 1
      for size in box.shape {
        elements = try product(elements, count(size, atMost: .max, "a size"))
      }
      try check(
        box.shape.count == box.sourceStrides.count
          && box.shape.count == box.destinationStrides.count, "the number of strides")
      if elements == 0 { continue }
      for (strides, offset, place) in [
        (box.sourceStrides, box.sourceOffset, box.source),
        (box.destinationStrides, box.destinationOffset, step.destination),
      ] {
        let reach = try extent(box.shape, strides, from: offset)
        try check(
          reach.lowerBound >= 0 && reach.upperBound < place.count, "the reach of a copy")
      }
    }
  }

  private func verifyPlanes(
    _ source: Place, _ width: Int, _ height: Int, _ destination: Place, _ rows: Int, _ columns: Int
  ) throws(PlanFormatError) {
    try check(width <= Self.largestSize && height <= Self.largestSize, "the size of a plane")
    let (input, output) = (try product(width, height), try product(rows, columns))
    let planes = destination.count / output
    try check(source, holds: product(planes, input))
    try check(destination, holds: product(planes, output))
  }
}

extension PlanVerifier {
  /// Fails unless something makes sense.
  func check(_ holds: Bool, _ what: String) throws(PlanFormatError) {
    guard holds else { throw PlanFormatError(offset: 0, what: "\(what) makes no sense") }
  }

  func check(_ place: Place, holds count: Int) throws(PlanFormatError) {
    guard place.count == count else {
      throw PlanFormatError(
        offset: 0, what: "\(place) has \(place.count) words where the step needs \(count)")
    }
  }

  /// A number that is not negative.
  func count(_ value: Int, atMost limit: Int, _ what: String) throws(PlanFormatError) -> Int {
    try check(value >= 0 && value <= limit, "\(what) of \(value)")
    return value
  }

  func positive(_ value: Int) throws(PlanFormatError) -> Int {
    try check(value > 0, "a size of \(value)")
    return value
  }

  /// The product of numbers above 0.
  func product(_ factors: Int...) throws(PlanFormatError) -> Int {
    var total = 1
    for factor in factors {
      let (value, overflow) = total.multipliedReportingOverflow(by: try positive(factor))
      try check(!overflow, "a product of sizes")
      total = value
    }
    return total
  }

  /// Means are of one pixel at least.
  func verifyReach(_ window: WindowParameters) throws(PlanFormatError) {
    for axis in 0..<2 {
      let (kernel, dilation) = (window.kernel[axis], window.dilations[axis])
      for place in 0..<window.output[axis] {
        let first = place * window.strides[axis] - window.padding[axis]
        let tap = first < 0 ? (dilation - 1 - first) / dilation : 0
        try check(
          tap < kernel && first + tap * dilation < window.input[axis], "a window without pixels")
      }
    }
  }

  /// Pixels of the planes on both sides of a window.
  func pixels(_ window: WindowParameters) throws(PlanFormatError) -> (input: Int, output: Int) {
    try verify(window)
    return (
      try product(window.input[0], window.input[1]), try product(window.output[0], window.output[1])
    )
  }

  func taps(_ window: WindowParameters) -> Int { window.kernel[0] * window.kernel[1] }

  func verify(_ window: WindowParameters) throws(PlanFormatError) {
    for axis in 0..<2 {
      let (input, output) = (window.input[axis], window.output[axis])
      let (before, after) = (window.padding[axis], window.padding[axis + 2])
      let sizes = 1...Self.largestSize
      let steps = 1...Self.largestStep
      try check(sizes.contains(input) && sizes.contains(output), "the size of a plane")
      try check(
        (0...Self.largestSize).contains(before) && (0...Self.largestSize).contains(after),
        "the padding")
      try check(
        steps.contains(window.kernel[axis]) && steps.contains(window.strides[axis])
          && steps.contains(window.dilations[axis]), "the window")
      try check(
        (output - 1) * window.strides[axis] < input + before + after, "the number of windows")
    }
  }

  /// The lowest and highest place of a walk over a box; sizes are above 0.
  private func extent(
    _ shape: [Int], _ strides: [Int], from offset: Int
  ) throws(PlanFormatError) -> ClosedRange<Int> {
    try check(shape.count == strides.count, "the number of strides")
    var (low, high) = (offset, offset)
    for (size, stride) in zip(shape, strides) {
      let (reach, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
      try check(!overflow, "a stride")
      let (sum, isTooFar) = (reach < 0 ? low : high).addingReportingOverflow(reach)
      try check(!isTooFar, "a stride")
      if reach < 0 { low = sum } else { high = sum }
    }
    return low...high
  }
}
