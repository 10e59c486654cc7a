import ApusGraph
import ApusOperators
import ApusPlan
import ApusTensor

/// MaxPool and AveragePool of maps.
enum FeaturePoolLowering: LoweringRule {
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    guard let (pooling, kind) = PoolLowering.pooling(site.node.op), let input = site.input(0),
      site.node.outputs.count == 1, let shape = plan.graph.shape(input), shape.rank == 4,
      let output = plan.graph.shape(site.node.outputs[0]), output.count > 0,
      let window = WindowParameters(
        try pooling.axes(x: shape.dimensions.map { .fixed($0) })),
      window.meetsEveryWindow,
      // What counts as padding ends with the padding: a window that goes on behind it is smaller.
      kind != .average(includePadding: true)
        || (window.reach[2] <= window.padding[2] && window.reach[3] <= window.padding[3])
    else { return false }
    func step(_ source: FeatureMap, _ map: FeatureMap) -> Operation {
      .feature(
        .pool(
          FeaturePoolStep(pooling: kind, window: window, source: source, destination: map)))
    }
    if let source = plan.quantisedMap(input) {
      // The largest elements are the largest numbers on one grid only.
      guard let stored = plan.storedResult(of: site.node.outputs[0]),
        kind != .maximum || plan.quantised.grids[stored] == source.grid
      else { return false }
      plan.writeStored(stored, for: site, tables: false) { plan, map, _ in
        plan.emit(step(source, map), for: site)
      }
      return true
    }
    guard let source = plan.map(input), source.element != .uint8 else { return false }
    let map = plan.target(site.output, shape: output, element: source.element).map
    plan.emit(step(source, map), for: site)
    return true
  }
}

/// Resize and Upsample of maps.
enum FeatureResizeLowering: LoweringRule {
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    guard let input = site.input(0), let source = plan.quantisedMap(input) ?? plan.map(input),
      let places = ResizeLowering.places(site, plan),
      let output = plan.graph.shape(site.node.outputs[0])
    else { return false }
    func step(_ map: FeatureMap, table: Place? = nil) -> Operation {
      .feature(
        places.isNearest
          ? .gather(
            FeatureGatherStep(
              rows: places.rows.map { Int32($0) }, columns: places.columns.map { Int32($0) },
              table: table, source: source, destination: map))
          : .interpolate(
            FeatureInterpolateStep(
              rows: places.rows.map { Float($0) }, columns: places.columns.map { Float($0) },
              source: source, destination: map)))
    }
    if source.element == .uint8 {
      guard let stored = plan.storedResult(of: site.node.outputs[0]),
        !places.isNearest || plan.quantised.grids[stored] == source.grid
      else { return false }
      plan.writeStored(stored, for: site, tables: places.isNearest) { plan, map, table in
        plan.emit(step(map, table: table.map { plan.table($0) }), for: site)
      }
      return true
    }
    let map = plan.target(site.output, shape: output, element: source.element).map
    plan.emit(step(map), for: site)
    return true
  }
}

/// Sums and products of two maps, of which one may be a single pixel.
enum FeaturePairLowering: LoweringRule {
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    guard let op = site.node.op as? any KernelPairFunction, site.node.inputs.count == 2,
      op.pairFunction == .add || op.pairFunction == .multiply,
      let a = site.input(0), let b = site.input(1), let left = plan.graph.shape(a),
      let right = plan.graph.shape(b), let output = plan.graph.shape(site.node.outputs[0]),
      output.rank == 4, output.count > 0, left == output || right == output
    else { return false }
    let (whole, other) = left == output ? (a, b) : (b, a)
    let pixel = Shape([output[0], output[1], 1, 1])
    let small = left == output ? right : left
    guard small == output || small == pixel else { return false }
    func step(_ x: FeatureMap, _ y: FeatureMap, _ map: FeatureMap) -> Operation {
      .feature(
        .pair(
          FeaturePairStep(
            function: op.pairFunction, activation: site.activation, left: x, right: y,
            destination: map)))
    }
    if let x = plan.quantisedMap(whole), let y = plan.quantisedMap(other) {
      guard let stored = plan.storedResult(of: site.node.outputs[0]) else { return false }
      plan.writeStored(stored, for: site, tables: false) { plan, map, _ in
        plan.emit(step(x, y, map), for: site)
      }
      return true
    }
    guard let x = plan.map(whole), x.element != .uint8,
      let y = plan.feature(other, element: x.element)
    else { return false }
    let map = plan.target(site.output, shape: output, element: x.element).map
    plan.emit(step(x, y, map), for: site)
    return true
  }
}

/// Functions of every element of maps of real numbers.
enum FeatureUnaryLowering: LoweringRule {
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    guard let function = kernelFunction(of: site.node, in: plan.graph), let input = site.input(0),
      let source = plan.map(input), source.element != .uint8,
      let output = plan.graph.shape(site.output)
    else { return false }
    let map = plan.target(site.output, shape: output, element: source.element).map
    let step = FeatureUnaryStep(function: function, source: source, destination: map)
    plan.emit(.feature(.unary(step)), for: site)
    return true
  }
}
