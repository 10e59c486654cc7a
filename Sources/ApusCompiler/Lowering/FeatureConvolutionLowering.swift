import ApusGraph
import ApusKernels
import ApusOperators
import ApusPlan
import ApusTensor

/// Conv of constant weights over channels-last maps, with what follows it.
enum FeatureConvolutionLowering: LoweringRule {
  static func fusesTails(_ op: any Operator) -> Bool { op is Conv }

  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    guard let op = site.node.op as? Conv, let input = site.input(0), let weights = site.input(1),
      let x = plan.graph.shape(input), let w = plan.graph.shape(weights), x.rank == 4,
      let output = plan.graph.shape(site.node.outputs[0]), x.count > 0, w.count > 0,
      output.count > 0, plan.isFloats(input), plan.isFloats(site.node.outputs[0]),
      let window = try WindowParameters(
        op.convolution.axes(
          x: x.dimensions.map { .fixed($0) }, w: w.dimensions.map { .fixed($0) })),
      window.padding.allSatisfy({ $0 >= 0 })
    else { return false }
    var bias = [Float](repeating: 0, count: w[0])
    if let id = site.input(2) {
      guard let tensor = plan.constantFloats(id) else { return false }
      bias = tensor
    }
    let groups = op.convolution.groups
    let shape = ConvolutionShape(
      window: window, inputs: w[1] * groups, outputs: w[0], groups: groups)
    if let source = plan.quantisedMap(input),
      let weights = QuantisedWeights(weights, in: plan.graph, outputs: w[0]),
      let constants = QuantisedConvolution(shape, weights, bias, source.grid)
    {
      return lower(site, shape, constants, source, output, into: &plan)
    }
    guard let values = plan.constantFloats(weights) else { return false }
    return lower(site, shape, values, bias, output, into: &plan)
  }

  /// Of real numbers.
  private static func lower(
    _ site: Site, _ shape: ConvolutionShape, _ weights: [Float], _ bias: [Float], _ output: Shape,
    into plan: inout PlanBuilder
  ) -> Bool {
    // A row of the kernel is one segment only where pixels lie without gaps; groups have gaps between them.
    let isDense = site.input(0).flatMap { plan.map($0) }?.isDense ?? true
    let readsRows = isDense && shape.groups == 1 && shape.window.dilations[1] == 1
    let segment = shape.inputs / shape.groups * (readsRows ? shape.window.kernel[1] : 1)
    // Pairs of numbers of 16 bits cannot cut a segment of an odd length.
    let element: FeatureElement =
      plan.element == .bfloat16 && (shape.isDepthwise || segment % 2 == 0) ? .bfloat16 : .float32
    guard let found = plan.feature(site.input(0), element: element) else { return false }
    var residual: FeatureMap?
    if let id = site.residual {
      residual = plan.feature(id, element: plan.element)
      guard residual != nil else { return false }
    }
    let source = plan.bordered(found, by: shape.window.reach, for: site)
    let target = plan.target(site.output, shape: output, element: plan.element)
    shape.emit(
      site, source: source, destination: target.map, into: &plan, product: Product(element),
      weights: element == .bfloat16 ? weights.bfloat16Bytes : weights.bytes,
      finish: ConvolutionFinish(
        bias: bias.bytes, activation: site.activation,
        residual: residual.map {
          FeatureFinish.Residual(map: $0, own: FeatureGrid())
        }))
    return true
  }

  /// Of stored values.
  private static func lower(
    _ site: Site, _ shape: ConvolutionShape, _ constants: QuantisedConvolution,
    _ found: FeatureMap, _ output: Shape, into plan: inout PlanBuilder
  ) -> Bool {
    let source = plan.bordered(found, by: shape.window.reach, for: site)
    guard let root = plan.storedResult(of: site.node.outputs[0]), site.fused.isEmpty,
      let grid = plan.quantised.grids[root]
    else {
      // The sums leave as real numbers.
      guard site.residual == nil else { return false }
      let map = plan.target(site.output, shape: output, element: .float32).map
      shape.emit(
        site, source: source, destination: map, into: &plan, product: .uint8,
        weights: constants.weights,
        finish: ConvolutionFinish(
          bias: constants.bias, scale: constants.scale(to: 1), activation: site.activation))
      return true
    }
    var finish = ConvolutionFinish(
      bias: constants.bias, scale: constants.scale(to: grid.scale), zero: grid.zero)
    if let sum = plan.residualSum(behind: root) {
      let own = plan.quantised.grids[sum.value] ?? grid
      finish.table = plan.quantised.derived[sum.value]?.table
      finish.residual = FeatureFinish.Residual(map: sum.addend, own: own)
      plan.taken.insert(sum.node.id)
      plan.written.insert(root)
      var joined = site
      joined.name = sum.node.name
      joined.operators += " + Add"
      plan.writeStored(sum.result, for: joined, tables: false) { plan, map, _ in
        shape.emit(
          joined, source: source, destination: map, into: &plan, product: .uint8,
          weights: constants.weights, finish: finish)
      }
      return true
    }
    plan.writeStored(root, for: site, tables: true) { plan, map, table in
      finish.table = table
      shape.emit(
        site, source: source, destination: map, into: &plan, product: .uint8,
        weights: constants.weights, finish: finish)
    }
    return true
  }
}
