import ApusGraph
import ApusKernels
import ApusOperators
import ApusPlan
import ApusTensor

/// Conv over one or two spatial axes, with activation and residual sum.
enum ConvolutionLowering: LoweringRule {
  static func fusesTails(_ op: any Operator) -> Bool { op is Conv }

  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    guard let op = site.node.op as? Conv, let x = plan.floats(site.input(0)),
      plan.isFloats(site.input(1)), plan.isFloats(site.output),
      site.input(2) == nil || plan.isFloats(site.input(2)),
      let w = plan.graph.shape(site.input(1)), (3...4).contains(x.shape.rank),
      let output = plan.graph.shape(site.output), x.shape.count > 0, w.count > 0, output.count > 0,
      let window = try WindowParameters(
        op.convolution.axes(
          x: x.shape.dimensions.map { .fixed($0) }, w: w.dimensions.map { .fixed($0) }))
    else { return false }
    if let residual = site.residual, plan.floats(residual) == nil { return false }
    let groups = op.convolution.groups
    let products = site.node.op.multiplyAccumulates(
      inputs: plan.graph.inputFacts(of: site.node), outputs: plan.graph.outputFacts(of: site.node))
    if groups == x.shape[1], groups == w[0], groups > 1, site.residual == nil {
      guard let weights = plan.floats(site.input(1)) else { return false }
      let bias = bias(site, rows: groups, groups: 1, tile: 1, &plan)
      plan.emit(
        .depthwise(
          DepthwiseStep(
            window: window, images: x.shape[0], channels: groups, activation: site.activation,
            source: x.place, weights: weights.place, bias: bias,
            destination: plan.destination(site.output))),
        for: site, multiplyAccumulates: products)
      return true
    }
    let (rows, tile) = (w[0] / groups, plan.kernels.gemm.rows)
    let weights = weights(site, w, groups: groups, &plan)
    let bias = bias(site, rows: rows, groups: groups, tile: tile, &plan)
    let residual = plan.floats(site.residual)?.place
    plan.emit(
      .convolution(
        ConvolutionStep(
          window: window, images: x.shape[0], groups: groups, inputChannels: w[1],
          outputChannels: rows, activation: site.activation, source: x.place, weights: weights,
          bias: bias, residual: residual, destination: plan.destination(site.output))),
      for: site, multiplyAccumulates: products)
    return true
  }

  /// Packed weights: at compile time where they are constant, else by a step of their own.
  private static func weights(
    _ site: Site, _ shape: Shape, groups: Int, _ plan: inout PlanBuilder
  ) -> Place {
    let gemm = plan.kernels.gemm
    let (rows, channels) = (shape[0] / groups, shape[1])
    let taps = shape.dimensions.dropFirst(2).reduce(1, *)
    let packed = gemm.packedCount(rows: rows, depth: channels * taps)
    if let tensor = plan.tensor(site.input(1)) {
      return plan.constant(
        tensor.elements(as: Float.self).packed(
          for: gemm, groups: groups, rows: rows, channels: channels, taps: taps))
    }
    guard let source = plan.floats(site.input(1)) else {
      fatalError("the weights were seen to be floats")
    }
    let destination = plan.allocate(groups * packed)
    plan.emit(
      .pack(
        PackStep(
          groups: groups, rows: rows, channels: channels, taps: taps, source: source.place,
          destination: destination)), for: site)
    return destination
  }

  /// The bias, or zeros; each group padded to whole tiles.
  private static func bias(
    _ site: Site, rows: Int, groups: Int, tile: Int, _ plan: inout PlanBuilder
  ) -> Place {
    let padded = (rows + tile - 1) / tile * tile
    guard let id = site.input(2) else {
      return plan.constant([Float](repeating: 0, count: groups * padded))
    }
    if let tensor = plan.tensor(id) {
      var values = [Float](repeating: 0, count: groups * padded)
      for (index, value) in tensor.elements(as: Float.self).enumerated() {
        values[index / rows * padded + index % rows] = value
      }
      return plan.constant(values)
    }
    guard let source = plan.floats(id) else { fatalError("a bias has the type of the input") }
    let destination = plan.allocate(groups * padded)
    let box = CopyStep.Box(
      source: source.place, sourceStrides: [rows, 1], destinationStrides: [padded, 1],
      shape: [groups, rows])
    plan.emit(
      .copy(CopyStep(boxes: [box], destination: destination, background: 0)), for: site)
    return destination
  }
}

extension [Float] {
  /// Weights `[groups, rows, channels, taps]`, packed group by group.
  func packed(
    for gemm: GemmKernel, groups: Int, rows: Int, channels: Int, taps: Int
  ) -> [Float] {
    let count = rows * channels * taps
    let packedCount = gemm.packedCount(rows: rows, depth: channels * taps)
    let source = FloatMemory(self)
    let destination = FloatMemory(count: groups * packedCount)
    for group in 0..<groups {
      gemm.packWeights(
        source.region(offset: group * count, count: count), rows: rows, channels: channels,
        taps: taps, into: destination.region(offset: group * packedCount, count: packedCount))
    }
    return destination.whole.array()
  }
}

extension WindowParameters {
  /// The parameters of one or two spatial axes; nil where a size is not known.
  init?(_ axes: [WindowAxis]) {
    let axes = axes.map { axis in
      (
        axis.input.fixed, axis.output?.fixed, axis.kernel, axis.stride, axis.dilation, axis.pads
      )
    }
    var input: [Int] = []
    var output: [Int] = []
    var pads: [(before: Int, after: Int)] = []
    for axis in axes {
      guard let size = axis.0, let result = axis.1, let padding = axis.5 else { return nil }
      input.append(size)
      output.append(result)
      pads.append(padding)
    }
    guard axes.count == 1 || axes.count == 2 else { return nil }
    let missing = 2 - axes.count
    func filled(_ values: [Int]) -> [Int] { [Int](repeating: 1, count: missing) + values }
    let all = [(before: Int, after: Int)](repeating: (0, 0), count: missing) + pads
    self.init(
      input: filled(input), output: filled(output), kernel: filled(axes.map(\.2)),
      strides: filled(axes.map(\.3)), dilations: filled(axes.map(\.4)),
      padding: [all[0].before, all[1].before, all[0].after, all[1].after])
  }
}

extension Graph {
  /// The fixed shape of a value.
  func shape(_ id: ValueID?) -> Shape? { id.flatMap { self[$0].fact.fixedShape } }
}
