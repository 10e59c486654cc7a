extension PlanVerifier {
  /// Bytes between two pixels, rows or images, and from a buffer's start to its first pixel.
  private static let largestStride = 1 << 32
  /// Segments of a window, steps of a segment, and the rest of a tiling.
  private static let largestTiling = 1 << 16

  /// Checks that the numbers of a step of channels-last maps are of a size to reckon with; that they fit one
  /// another and the kernels is checked when the step is loaded.
  func verify(_ operation: FeatureOperation) throws(PlanFormatError) {
    switch operation {
    case .convolution(let step): try verify(step)
    case .winograd(let step): try verify(step)
    case .winogradWeights(let step):
      try check((1...Self.largestStride).contains(step.count), "the number of weights")
    case .import(let step): try verify(step.destination)
    case .export(let step): try verify(step.source)
    case .gather(let step): try verify(step.source, step.destination)
    case .shuffle(let step): try verify(step.source, step.destination)
    case .pool(let step):
      try verify(step.window)
      if case .average = step.pooling { try verifyReach(step.window) }
      try verify(step.source, step.destination)
    case .pair(let step): try verify(step.left, step.right, step.destination)
    case .interpolate(let step): try verify(step.source, step.destination)
    case .unary(let step): try verify(step.source, step.destination)
    }
  }

  private func verify(_ step: FeatureConvolutionStep) throws(PlanFormatError) {
    try verify(step.window)
    try verify(step.source, step.destination)
    let tiling = step.tiling
    let sizes = 1...Self.largestTiling
    try check(
      sizes.contains(tiling.columns) && sizes.contains(tiling.quads)
        && sizes.contains(tiling.steps) && sizes.contains(tiling.offsets.count)
        && sizes.contains(tiling.panelBlock) && tiling.steps * tiling.quads <= Self.largestTiling
        && (0...Self.largestTiling).contains(tiling.virtualWidth), "the tiling")
    try check(
      tiling.offsets.allSatisfy { abs(clamped: $0) < Self.largestStride }, "a window's segment")
    try check(
      tiling.panelBytes > 0 && tiling.panelBytes / 4 <= step.weights.count, "the size of a panel")
    try verify(step.finish)
  }

  private func verify(_ step: FeatureWinogradStep) throws(PlanFormatError) {
    try verify(step.window)
    try verify(step.source, step.destination)
    try verify(step.finish)
    let (tiling, sizes) = (step.tiling, 1...Self.largestTiling)
    try check(
      sizes.contains(tiling.columns) && sizes.contains(tiling.group)
        && sizes.contains(tiling.panelBlock), "the tiling")
  }

  private func verify(_ finish: FeatureFinish) throws(PlanFormatError) {
    try check((0...255).contains(finish.zero), "the zero point")
    if let residual = finish.residual {
      try verify(residual.map)
      try verify(residual.own)
    }
  }

  private func verify(_ maps: FeatureMap...) throws(PlanFormatError) {
    for map in maps { try verify(map) }
  }

  func verify(_ map: FeatureMap) throws(PlanFormatError) {
    let sizes = 1...Self.largestSize
    try check(
      [map.images, map.height, map.width, map.channels].allSatisfy(sizes.contains),
      "the size of a map")
    _ = try product(product(map.images, map.height), map.width, map.channels)
    let strides = 0...Self.largestStride
    try check(
      [map.base, map.pixelStride, map.rowStride, map.imageStride].allSatisfy(strides.contains),
      "a map's stride")
    try check(map.border.allSatisfy((0...Self.largestSize).contains), "a map's border")
    try verify(map.grid)
  }

  private func verify(_ grid: FeatureGrid) throws(PlanFormatError) {
    try check(
      grid.scale > 0 && grid.scale.isFinite && (0...255).contains(grid.zero), "a map's grid")
  }

  /// The magnitude of a number; the largest one for the number that has none.
  private func abs(clamped value: Int) -> Int { Int(clamping: value.magnitude) }
}
