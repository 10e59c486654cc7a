import ApusKernels
import ApusPlan

extension Loader {
  func load(_ step: ConvolutionStep) throws(RuntimeError) -> LoadedStep {
    let convolution = Convolution(
      window: Window(step.window), inputChannels: step.inputChannels,
      outputChannels: step.outputChannels, activation: Activation(step.activation))
    let kernels = kernels
    let parts = step.images * step.groups
    let tiling = ConvolutionTiling(convolution, gemm: kernels.gemm, threads: threads, parts: parts)
    let inputs = convolution.inputChannels * convolution.window.inputPixels
    let outputs = convolution.outputChannels * convolution.window.outputPixels
    let panels = kernels.gemm.packedCount(rows: convolution.outputChannels, depth: 1)
    let source = try memories(step.source)
    let weights = try memories(step.weights)
    let bias = try memories(step.bias)
    let destination = try memories(step.destination)
    var residual: FloatRegion?
    if let place = step.residual { residual = try memories(place) }
    try require(source, parts * inputs, "source")
    try require(weights, step.groups * panels * convolution.depth, "weights")
    try require(bias, step.groups * panels, "bias")
    try require(destination, parts * outputs, "destination")
    if let residual { try require(residual, parts * outputs, "residual") }
    let groups = step.groups
    let addend = residual
    return LoadedStep(tasks: parts * tiling.tasks, scratch: tiling.scratch) { task, scratch in
      let part = task / tiling.tasks
      let group = part % groups
      let weightCount = panels * convolution.depth
      kernels.convolve(
        convolution, tiling: tiling, task: task % tiling.tasks,
        source: source.part(offset: part * inputs, count: inputs),
        weights: weights.part(offset: group * weightCount, count: weightCount),
        bias: bias.part(offset: group * panels, count: panels),
        residual: addend?.part(offset: part * outputs, count: outputs),
        into: destination.part(offset: part * outputs, count: outputs), scratch: scratch)
    }
  }

  func load(_ step: PackStep) throws(RuntimeError) -> LoadedStep {
    let gemm = kernels.gemm
    let source = try memories(step.source)
    let destination = try memories(step.destination)
    let depth = step.channels * step.taps
    let packed = gemm.packedCount(rows: step.rows, depth: depth)
    let count = step.rows * depth
    try require(source, step.groups * count, "source")
    try require(destination, step.groups * packed, "destination")
    return LoadedStep(tasks: step.groups) { task, _ in
      gemm.packWeights(
        source.part(offset: task * count, count: count), rows: step.rows, channels: step.channels,
        taps: step.taps, into: destination.part(offset: task * packed, count: packed))
    }
  }
}
