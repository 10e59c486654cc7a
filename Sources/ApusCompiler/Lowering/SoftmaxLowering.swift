import ApusGraph
import ApusOperators
import ApusPlan
import ApusTensor

/// Softmax, along one axis or over all axes from one on.
enum SoftmaxLowering: LoweringRule {
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    guard let op = site.node.op as? Softmax, let x = plan.floats(site.input(0)),
      plan.isFloats(site.output), x.shape.count > 0, x.shape.rank > 0
    else { return false }
    let sizes = x.shape.dimensions
    let axis = op.axis < 0 ? op.axis + sizes.count : op.axis
    guard sizes.indices.contains(axis) else { return false }
    let inner = op.flattens ? 1 : sizes[(axis + 1)...].reduce(1, *)
    let length = op.flattens ? sizes[axis...].reduce(1, *) : sizes[axis]
    plan.emit(
      .softmax(
        SoftmaxStep(
          length: length, inner: inner, source: x.place,
          destination: plan.destination(site.output))),
      for: site)
    return true
  }
}
