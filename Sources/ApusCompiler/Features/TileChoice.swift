import ApusKernels
import ApusPlan

/// Which register tile multiplies a convolution, and how its windows are read.
///
/// A model of cost, in cycles of a core that does two multiplications of vectors and two loads at a time: what
/// it compares are shapes of tiles, so that its unit does not matter.
struct TileChoice {
  let kernel: TileKernel
  let tiling: FeatureConvolutionStep.Tiling
  /// Elements of one segment.
  let length: Int
  /// Whether a segment is a whole row of the kernel, or one tap of it.
  let readsRows: Bool
  /// Of one image, in the unit of the model.
  let cost: Double

  /// The cheapest tile; nil where there is none for the type.
  init?(
    _ product: Product, isDepthwise: Bool, window: WindowParameters, source: FeatureMap,
    outputs: Int, isa: ISA
  ) {
    let element = product.byteCount
    let rows = !isDepthwise && source.isDense && window.dilations[1] == 1
    let length = isDepthwise ? 1 : source.channels * (rows ? window.kernel[1] : 1)
    var offsets: [Int] = []
    for y in 0..<window.kernel[0] {
      for x in 0..<(rows ? 1 : window.kernel[1]) {
        offsets.append(
          y * window.dilations[0] * source.rowStride + x * window.dilations[1] * source.pixelStride)
      }
    }
    let bytes = length * element
    var best: (cost: Double, kernel: TileKernel, steps: Int, quads: Int)?
    for kernel in TileKernel.candidates(product, isDepthwise: isDepthwise, isa: isa) {
      guard let (steps, quads) = Self.steps(bytes, kernel: kernel) else { continue }
      let cost = Self.cost(
        kernel, pixels: window.output[1],
        steps: isDepthwise ? offsets.count : offsets.count * steps,
        outputs: outputs)
      if best.map({ cost < $0.cost }) ?? true { best = (cost, kernel, steps, quads) }
    }
    guard let best else { return nil }
    kernel = best.kernel
    cost = best.cost * Double(window.output[0])
    self.length = length
    readsRows = rows
    let panelBytes = kernel.packedBytes(
      outputs: 1, segments: offsets.count, length: length, steps: best.steps, quads: best.quads)
    let panels = (outputs + kernel.columns - 1) / kernel.columns
    tiling = FeatureConvolutionStep.Tiling(
      kernel: kernel.name, columns: kernel.columns, quads: best.quads, offsets: offsets,
      steps: best.steps, panelBytes: panelBytes,
      virtualWidth: Self.virtualWidth(kernel, window: window, source: source),
      panelBlock: max(1, min(panels, Self.weightsAtHand / panelBytes)))
  }

  /// Bytes of weights that stay in the second-level cache beside what is multiplied with them.
  private static let weightsAtHand = 3 << 17

  /// Steps of a segment and groups of 4 bytes in each, without a rest where it can be had.
  private static func steps(_ bytes: Int, kernel: TileKernel) -> (steps: Int, quads: Int)? {
    if kernel.isDepthwise { return (1, 1) }
    let groups = (bytes + 3) / 4
    let steps = (groups + kernel.quads - 1) / kernel.quads
    // What lies behind a segment may be anything, and anything times 0 is not 0 for floats.
    if kernel.product != .uint8 && bytes % 4 != 0 { return nil }
    for count in steps..<max(steps + 1, min(2 * steps, groups + 1)) where groups % count == 0 {
      return (count, groups / count)
    }
    if kernel.product == .uint8 { return (steps, (groups + steps - 1) / steps) }
    // A tile of one group in each step would do a sixteenth of its work.
    return kernel.quads == 1 ? (groups, 1) : nil
  }

  /// The cost of all output channels of neighbouring pixels.
  ///
  /// - Parameter finish: what it costs to bring a vector of sums to where it belongs.
  static func cost(
    _ kernel: TileKernel, pixels: Int, steps: Int, outputs: Int, finish: Double = 3
  ) -> Double {
    let panels = (outputs + kernel.columns - 1) / kernel.columns
    let tiles = (pixels + kernel.rows - 1) / kernel.rows
    let rows = Double((pixels + tiles - 1) / tiles)
    let vectors = Double(kernel.columns) / 16
    let multiplications = rows * vectors
    let loads = rows + vectors
    let perStep = max(multiplications * Double(kernel.instructionsPerStep), loads) / 2
    let epilogue = 16 + multiplications * finish
    return Double(panels * tiles) * (Double(steps) * perStep + epilogue)
  }

  /// Tiles of a fixed number of rows run over the ends of rows that they do not divide.
  private static func virtualWidth(
    _ kernel: TileKernel, window: WindowParameters, source: FeatureMap
  ) -> Int {
    guard kernel.quads > 1, window.strides == [1, 1], window.output[0] > 1,
      window.output[1] % 16 != 0, source.rowStride % source.pixelStride == 0
    else { return 0 }
    return source.rowStride / source.pixelStride
  }
}
