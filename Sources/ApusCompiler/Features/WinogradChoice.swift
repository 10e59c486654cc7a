import ApusKernels
import ApusPlan

/// How a 3x3 convolution is multiplied by Winograd's transforms, where that is worth it.
///
/// The model of cost is that of `TileChoice`, with what the transforms and the larger weights cost beside.
struct WinogradChoice {
  let kernel: TileKernel
  let tiling: FeatureWinogradStep.Tiling
  private let inputs: Int
  private let outputs: Int

  /// The cheapest tile; nil where windows are not 3x3 neighbouring pixels, one pixel apart, where `direct` costs
  /// less, or where sums of integers may be too large for it.
  ///
  /// - Parameter weights: the bytes of the elements `[outputs, inputs, 3, 3]`.
  init?(
    window: WindowParameters, source: FeatureMap, destination: FeatureMap, weights: [UInt8],
    isa: ISA, insteadOf direct: TileChoice
  ) {
    guard window.kernel == [3, 3], window.strides == [1, 1], window.dilations == [1, 1],
      !direct.kernel.isDepthwise,
      let product = WinogradKernel.product(insteadOf: direct.kernel.product),
      source.element == .uint8 || destination.element == .float32
    else { return nil }
    let (inputs, outputs) = (source.channels, destination.channels)
    let side = WinogradKernel.blockSide
    let blocks = (window.output[0] + side - 1) / side * ((window.output[1] + side - 1) / side)
    let prices = product == .float32 ? Prices.floats : Prices.integers
    let group = Self.group(
      blocks, weightBytes: WinogradKernel.products * product.byteCount * inputs * outputs)
    var best: (cost: Double, kernel: TileKernel)?
    for kernel in TileKernel.candidates(product, isDepthwise: false, isa: isa)
    where WinogradKernel.multiplies(kernel) && (kernel.isa != .scalar || isa == .scalar) {
      let cost = prices.cost(
        kernel, blocks: blocks, group: group, inputs: inputs, outputs: outputs)
      // Narrow tiles come first; of two that cost about the same, the wider one reads windows less often.
      if best.map({ cost < $0.cost * 1.02 }) ?? true { best = (cost, kernel) }
    }
    guard let best, best.cost * prices.margin < direct.cost,
      product == .float32 || WinogradKernel.reaches(weights, outputs: outputs, inputs: inputs)
    else { return nil }
    (self.inputs, self.outputs) = (inputs, outputs)
    kernel = best.kernel
    tiling = FeatureWinogradStep.Tiling(
      kernel: kernel.name, columns: kernel.columns, group: group,
      panelBlock: max(1, WinogradKernel.mostColumns / kernel.columns))
  }

  /// Bytes of weights of integers that are transformed at a time: they take part of the arena, and of the caches.
  private static let transformedBytes = 5 << 19

  /// The output channels of each step, whole blocks of panels.
  var pieces: [Range<Int>] {
    guard kernel.product == .int16 else { return [0..<outputs] }
    let block = tiling.columns * tiling.panelBlock
    let bytes = WinogradKernel.products * kernel.product.byteCount * inputs * block
    let most = max(1, Self.transformedBytes / bytes) * block
    return stride(from: 0, to: outputs, by: most).map { $0..<min(outputs, $0 + most) }
  }

  /// The place of the transformed weights of some output channels; emits the step that makes them where they are not
  /// constants.
  func weights(_ weights: [UInt8], for site: Site, into plan: inout PlanBuilder) -> Place {
    let isFloat = kernel.product == .float32
    let outputs = weights.count / (inputs * 9 * (isFloat ? 4 : 1))
    let constants = plan.constant(
      bytes: WinogradKernel.pack(weights, outputs: outputs, inputs: inputs, tile: kernel))
    if isFloat { return constants }
    let count = WinogradKernel.transformedCount(outputs: outputs, inputs: inputs, tile: kernel)
    let place = plan.allocate(count * WinogradKernel.products / 2)
    var own = site
    own.operators = "Weights"
    plan.emit(
      .feature(
        .winogradWeights(
          FeatureWinogradWeightsStep(
            kernel: kernel.name, count: count, source: constants, destination: place))), for: own)
    return place
  }

  /// What parts of the work cost, in cycles.
  private struct Prices {
    /// By how much the model must be off before a convolution gets slower.
    let margin: Double
    /// To store a vector of sums.
    let ofStore: Double
    /// More than without transforms for the weights between two channels.
    let ofWeights: Double
    /// To transform a window in 16 channels.
    let ofWindow: Double
    /// To transform its sums in 16 channels.
    let ofSums: Double

    /// 36 floats are read from memory instead of 9.
    static let floats = Prices(margin: 1.2, ofStore: 3, ofWeights: 13.5, ofWindow: 150, ofSums: 150)
    /// 36 numbers are made, written and read again.
    static let integers = Prices(margin: 1.05, ofStore: 1, ofWeights: 6, ofWindow: 80, ofSums: 150)

    func cost(
      _ kernel: TileKernel, blocks: Int, group: Int, inputs: Int, outputs: Int
    ) -> Double {
      let steps = (inputs * kernel.product.byteCount + 3) / 4
      func multiplications(_ blocks: Int) -> Double {
        Double(WinogradKernel.products)
          * TileChoice.cost(
            kernel, pixels: blocks, steps: steps, outputs: outputs, finish: ofStore)
      }
      let panels = (outputs + kernel.columns - 1) / kernel.columns
      let rest = blocks % group
      let windows = Double(blocks * ((inputs + 15) / 16)) * ofWindow
      let sums = Double(blocks * ((panels * kernel.columns + 15) / 16)) * ofSums
      return Double(blocks / group) * multiplications(group)
        + (rest == 0 ? 0 : multiplications(rest)) + windows + sums
        + Double(inputs * outputs) * ofWeights
    }
  }

  /// Blocks that are multiplied together: few, so that what belongs to them stays in the second-level cache; more
  /// where weights do not even stay in the last one, and are read again for each group.
  private static func group(_ blocks: Int, weightBytes: Int) -> Int {
    let most = weightBytes > 1 << 24 ? 100 : 28
    let groups = (blocks + most - 1) / most
    return (blocks + groups - 1) / groups
  }
}
