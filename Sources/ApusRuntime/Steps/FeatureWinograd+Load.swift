import ApusKernels
import ApusPlan

extension Loader {
  func load(_ step: FeatureWinogradStep) throws(RuntimeError) -> LoadedStep {
    guard let tile = TileKernel.named(step.tiling.kernel), kernels.isa.included.contains(tile.isa),
      tile.columns == step.tiling.columns
    else {
      throw RuntimeError(
        .plan,
        "weights are packed for \(step.tiling.kernel), which \(kernels.isa) does not have; compile the plan again"
      )
    }
    let (source, destination) = (try maps(step.source), try maps(step.destination))
    let residual = try step.finish.residual.map { residual throws(RuntimeError) in
      try maps(residual.map)
    }
    let window = step.window
    guard source.count == destination.count, residual?.count ?? source.count == source.count,
      window.kernel == [3, 3], window.strides == [1, 1], window.dilations == [1, 1],
      window.input == [step.source.height, step.source.width],
      window.output == [step.destination.height, step.destination.width],
      let transform = WinogradKernel.fastest(tile.product, isa: kernels.isa)
    else { throw RuntimeError(.plan, "the maps do not fit the convolution") }
    let convolution = WinogradConvolution(
      transform: transform, tile: tile, finish: try finishKernel(step.source, step.destination),
      group: step.tiling.group, panelBlock: step.tiling.panelBlock,
      finishing: try finishing(step.finish, of: step.source, into: step.destination),
      weights: try memories(step.weights), source: source[0],
      origin: [-window.padding[0], -window.padding[1]], destination: destination[0],
      residual: residual?[0])
    guard let convolution else {
      throw RuntimeError(.plan, "the convolution reads beyond its maps or weights")
    }
    let cuts = cut(convolution)
    let parts = cuts.blocks.count * cuts.panels.count
    return LoadedStep(tasks: parts * source.count, scratch: convolution.scratch) { task, scratch in
      let (image, part) = (task / parts, task % parts)
      if part == 0 { destination[image].clearBorder() }
      convolution(
        blocks: cuts.blocks[part % cuts.blocks.count],
        panels: cuts.panels[part / cuts.blocks.count], source: source[image],
        residual: residual?[image], into: destination[image], scratch: scratch)
    }
  }

  func load(_ step: FeatureWinogradWeightsStep) throws(RuntimeError) -> LoadedStep {
    guard let tile = TileKernel.named(step.kernel), tile.product == .int16,
      let transform = WinogradKernel.fastest(tile.product, isa: kernels.isa)
    else { throw RuntimeError(.plan, "no kernel transforms weights for \(step.kernel)") }
    let (source, destination) = (try memories(step.source), try memories(step.destination))
    guard step.count > 0, step.count < 1 << 32, step.count * 9 <= source.count * 4,
      step.count * WinogradKernel.products <= destination.count * 2
    else { throw RuntimeError(.plan, "the weights are more than their places hold") }
    // Whole cache lines for each worker.
    let count = step.count
    let tasks = threads > 1 ? min(4 * threads, (count + 1023) / 1024) : 1
    let length = ((count + tasks - 1) / tasks + 63) / 64 * 64
    return LoadedStep(tasks: tasks) { task, _ in
      let start = min(count, task * length)
      transform.transform(start..<min(count, start + length), of: count, source, into: destination)
    }
  }

  /// Cuts blocks, whole groups where there are enough of them; or panels where weights are many, for which each
  /// task transforms all windows again.
  private func cut(
    _ convolution: WinogradConvolution
  ) -> (blocks: [Range<Int>], panels: [Range<Int>]) {
    let (blocks, panels, group) = (convolution.blocks, convolution.panels, convolution.group)
    guard threads > 1 else { return ([0..<blocks], [0..<panels]) }
    let groups = (blocks + group - 1) / group
    func pieces(_ count: Int, _ parts: Int) -> [Range<Int>] {
      let parts = max(1, min(parts, count))
      return (0..<parts).map { count * $0 / parts..<count * ($0 + 1) / parts }
    }
    if groups >= 2 * threads {
      let cuts = pieces(groups, 4 * threads).map {
        $0.lowerBound * group..<min(blocks, $0.upperBound * group)
      }
      return (cuts, [0..<panels])
    }
    if convolution.weightBytes > 1 << 19 && panels >= threads {
      return ([0..<blocks], pieces(panels, 2 * threads))
    }
    return (pieces(blocks, threads), [0..<panels])
  }
}
