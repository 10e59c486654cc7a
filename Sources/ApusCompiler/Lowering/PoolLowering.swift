import ApusGraph
import ApusOperators
import ApusPlan
import ApusTensor

/// MaxPool and AveragePool over one or two spatial axes, and GlobalAveragePool.
enum PoolLowering: LoweringRule {
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    let node = site.node
    guard let x = plan.floats(site.input(0)), x.shape.count > 0, x.shape.rank >= 3,
      let output = plan.graph.shape(site.output), output.count > 0,
      // The places of the largest elements are not computed.
      node.outputs.count == 1
    else { return false }
    if node.op is GlobalAveragePool {
      let length = x.shape.dimensions.dropFirst(2).reduce(1, *)
      let destination = plan.destination(site.output)
      plan.emit(
        .mean(MeanStep(length: length, source: x.place, destination: destination)), for: site)
      return true
    }
    guard let (pooling, kind) = pooling(node.op), (3...4).contains(x.shape.rank),
      let window = WindowParameters(
        try pooling.axes(x: x.shape.dimensions.map { .fixed($0) }))
    else { return false }
    plan.emit(
      .pool(
        PoolStep(
          pooling: kind, window: window, source: x.place,
          destination: plan.destination(site.output))),
      for: site)
    return true
  }

  static func pooling(_ op: any Operator) -> (ApusOperators.Pooling, ApusPlan.Pooling)? {
    if let op = op as? MaxPool { return (op.pooling, .maximum) }
    if let op = op as? AveragePool {
      return (op.pooling, .average(includePadding: op.countsPadding))
    }
    return nil
  }
}
