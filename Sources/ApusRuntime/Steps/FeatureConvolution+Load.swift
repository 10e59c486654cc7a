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
    let residual = try step.residual.map { residual throws(RuntimeError) in try maps(residual.map) }
    guard source.count == destination.count, residual?.count ?? source.count == source.count,
      step.isDepthwise == tile.isDepthwise,
      !step.isDepthwise || step.source.channels == step.destination.channels,
      step.window.input == [step.source.height, step.source.width],
      step.window.output == [step.destination.height, step.destination.width],
      MapElement(step.source.element).byteCount == tile.product.byteCount
    else { throw RuntimeError(.plan, "the maps do not fit the convolution") }
    let kind: FinishKernel.Kind
    switch (step.source.element, step.destination.element) {
    case (.uint8, .uint8): kind = .integersToUInt8
    case (.uint8, .float32): kind = .integersToFloat
    case (.float32, .float32), (.bfloat16, .float32): kind = .floatsToFloat
    case (.float32, .bfloat16), (.bfloat16, .bfloat16): kind = .floatsToBFloat16
    case (.uint8, .bfloat16), (_, .uint8):
      throw RuntimeError(
        .plan, "no kernel makes \(step.destination.element) of \(step.source.element)")
    }
    var scale: FloatRegion?
    if let place = step.scale { scale = try memories(place) }
    var table: FloatRegion?
    if let place = step.table { table = try memories(place) }
    guard (scale != nil) == (step.source.element == .uint8),
      table == nil || step.destination.element == .uint8,
      let finish = FinishKernel.pick(kind, isa: kernels.isa)
    else { throw RuntimeError(.plan, "scales or table do not fit the convolution") }
    let tiling = step.tiling
    let convolution = FeatureConvolution(
      tile: tile, finish: finish,
      reading: FeatureConvolution.Reading(
        offsets: tiling.offsets, steps: tiling.steps, quads: tiling.quads,
        strides: step.window.strides, virtualWidth: tiling.virtualWidth,
        panelBlock: tiling.panelBlock),
      finishing: FeatureConvolution.Finishing(
        bias: try memories(step.bias), scale: scale, table: table,
        activation: Activation(step.activation), zero: step.zero,
        grids: step.residual.map {
          (MapGrid($0.own), MapGrid($0.map.grid), MapGrid(step.destination.grid))
        }),
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
