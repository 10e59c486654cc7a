import ApusKernels
import ApusPlan

extension Loader {
  func load(_ step: DepthwiseStep) throws(RuntimeError) -> LoadedStep {
    let window = Window(step.window)
    let (kernels, activation) = (kernels, Activation(step.activation))
    let source = try memories(step.source)
    let weights = try memories(step.weights)
    let bias = try memories(step.bias)
    let destination = try memories(step.destination)
    let planes = step.images * step.channels
    try require(source, planes * window.inputPixels, "source")
    try require(weights, step.channels * window.taps, "weights")
    try require(bias, step.channels, "bias")
    try require(destination, planes * window.outputPixels, "destination")
    let channels = step.channels
    return LoadedStep(tasks: planes) { task, _ in
      let channel = task % channels
      let plane = destination.part(
        offset: task * window.outputPixels, count: window.outputPixels)
      kernels.window.depthwise(
        window, source.part(offset: task * window.inputPixels, count: window.inputPixels),
        weights: weights.part(offset: channel * window.taps, count: window.taps),
        bias: bias[channel], into: plane)
      if activation != .identity { kernels.unary(activation, plane, into: plane) }
    }
  }

  func load(_ step: PoolStep) throws(RuntimeError) -> LoadedStep {
    let window = Window(step.window)
    let kernel = kernels.window
    let source = try memories(step.source)
    let destination = try memories(step.destination)
    guard window.outputPixels > 0, destination.count % window.outputPixels == 0 else {
      throw RuntimeError(.plan, "\(destination.count) results are no whole planes")
    }
    let planes = destination.count / window.outputPixels
    try require(source, planes * window.inputPixels, "source")
    return LoadedStep(tasks: planes) { task, _ in
      let input = source.part(offset: task * window.inputPixels, count: window.inputPixels)
      let output = destination.part(
        offset: task * window.outputPixels, count: window.outputPixels)
      switch step.pooling {
      case .maximum: kernel.maxPool(window, input, into: output)
      case .average(let includePadding):
        kernel.averagePool(window, includePadding: includePadding, input, into: output)
      }
    }
  }
}
