import ApusKernels
import ApusPlan

extension Loader {
  func load(_ step: FeatureConvolutionStep) throws(RuntimeError) -> LoadedStep {
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
    guard source.count == destination.count, residual?.count ?? source.count == source.count,
      step.isDepthwise == tile.isDepthwise,
      !step.isDepthwise || step.source.channels == step.destination.channels,
      step.window.input == [step.source.height, step.source.width],
      step.window.output == [step.destination.height, step.destination.width],
      MapElement(step.source.element).byteCount == tile.product.byteCount
    else { throw RuntimeError(.plan, "the maps do not fit the convolution") }
    let tiling = step.tiling
    let convolution = FeatureConvolution(
      tile: tile, finish: try finishKernel(step.source, step.destination),
      reading: FeatureConvolution.Reading(
        offsets: tiling.offsets, steps: tiling.steps, quads: tiling.quads,
        strides: step.window.strides, virtualWidth: tiling.virtualWidth,
        panelBlock: tiling.panelBlock),
      finishing: try finishing(step.finish, of: step.source, into: step.destination),
      weights: try memories(step.weights), panelBytes: tiling.panelBytes, sources: source,
      origin: [-step.window.padding[0], -step.window.padding[1]], destination: destination[0],
      residual: residual?[0])
    guard let convolution else {
      throw RuntimeError(.plan, "the convolution reads beyond its maps or weights")
    }
    let cuts = cut(convolution, weightBytes: convolution.panels * tiling.panelBytes, tiling)
    let parts = cuts.rows.count * cuts.panels.count
    return LoadedStep(tasks: parts * source.count) { task, _ in
      let (image, part) = (task / parts, task % parts)
      if part == 0 { destination[image].clearBorder() }
      convolution(
        rows: cuts.rows[part % cuts.rows.count], panels: cuts.panels[part / cuts.rows.count],
        source: source[image], residual: residual?[image], into: destination[image])
    }
  }

  /// Cuts rows, or panels where weights are many, so that every worker has some tasks.
  private func cut(
    _ convolution: FeatureConvolution, weightBytes: Int, _ tiling: FeatureConvolutionStep.Tiling
  ) -> (rows: [Range<Int>], panels: [Range<Int>]) {
    let (rows, panels) = (convolution.rows, convolution.panels)
    guard threads > 1 else { return ([0..<rows], [0..<panels]) }
    let wanted = 4 * threads
    let byPanels = weightBytes > 1 << 19 && panels >= 2 * threads
    func pieces(_ count: Int, _ parts: Int) -> [Range<Int>] {
      let parts = max(1, min(parts, count))
      return (0..<parts).map { count * $0 / parts..<count * ($0 + 1) / parts }
    }
    if byPanels { return ([0..<rows], pieces(panels, wanted)) }
    return (pieces(rows, wanted), [0..<panels])
  }
}
