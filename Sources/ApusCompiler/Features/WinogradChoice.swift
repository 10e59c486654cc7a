import ApusKernels
import ApusPlan

/// How a 3x3 convolution of floats is multiplied by Winograd's transforms, where that is worth it.
///
/// The model of cost is that of `TileChoice`, with what the transforms and the larger weights cost beside.
struct WinogradChoice {
  let kernel: TileKernel
  let tiling: FeatureWinogradStep.Tiling

  /// The cheapest tile; nil where windows are not 3x3 neighbouring pixels, one pixel apart, or where `direct`
  /// costs less.
  init?(
    window: WindowParameters, inputs: Int, outputs: Int, isa: ISA, insteadOf direct: TileChoice
  ) {
    guard window.kernel == [3, 3], window.strides == [1, 1], window.dilations == [1, 1],
      direct.kernel.product == .float32, !direct.kernel.isDepthwise
    else { return nil }
    let side = WinogradKernel.blockSide
    let blocks = (window.output[0] + side - 1) / side * ((window.output[1] + side - 1) / side)
    let group = Self.group(blocks, inputs: inputs, outputs: outputs)
    var best: (cost: Double, kernel: TileKernel)?
    for kernel in TileKernel.candidates(.float32, isDepthwise: false, isa: isa)
    where WinogradKernel.multiplies(kernel) {
      let cost = Self.cost(kernel, blocks: blocks, group: group, inputs: inputs, outputs: outputs)
      // Narrow tiles come first; of two that cost about the same, the wider one reads windows less often.
      if best.map({ cost < $0.cost * 1.02 }) ?? true { best = (cost, kernel) }
    }
    let directWeights = Double(9 * inputs * outputs) * Self.costOfWeight
    guard let best, best.cost * Self.margin < direct.cost + directWeights else { return nil }
    kernel = best.kernel
    tiling = FeatureWinogradStep.Tiling(
      kernel: kernel.name, columns: kernel.columns, group: group,
      panelBlock: max(1, WinogradKernel.mostColumns / kernel.columns))
  }

  /// By how much the model must be off before a convolution gets slower.
  private static let margin = 1.2
  /// What it costs to read a weight from memory.
  private static let costOfWeight = 0.5
  /// What it costs to transform a window, or its sums, in 16 channels.
  private static let costOfTransform = 150.0

  private static func cost(
    _ kernel: TileKernel, blocks: Int, group: Int, inputs: Int, outputs: Int
  ) -> Double {
    func multiplications(_ blocks: Int) -> Double {
      Double(WinogradKernel.products)
        * TileChoice.cost(kernel, pixels: blocks, steps: inputs, outputs: outputs)
    }
    let panels = (outputs + kernel.columns - 1) / kernel.columns
    let vectors = (inputs + 15) / 16 + (panels * kernel.columns + 15) / 16
    let rest = blocks % group
    return Double(blocks / group) * multiplications(group)
      + (rest == 0 ? 0 : multiplications(rest)) + Double(blocks * vectors) * costOfTransform
      + Double(WinogradKernel.products * inputs * outputs) * costOfWeight
  }

  /// Blocks that are multiplied together: few, so that what belongs to them stays in the second-level cache; more
  /// where weights do not even stay in the last one, and are read again for each group.
  private static func group(_ blocks: Int, inputs: Int, outputs: Int) -> Int {
    let weights = 4 * WinogradKernel.products * inputs * outputs
    let most = weights > 1 << 24 ? 100 : 28
    let groups = (blocks + most - 1) / most
    return (blocks + groups - 1) / groups
  }
}
