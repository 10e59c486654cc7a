import ApusGraph
import ApusOperators
import ApusPlan

/// Reshape, Flatten, Squeeze, Unsqueeze, Identity, Dropout: the output is the input's memory.
enum ShapeOnlyLowering: LoweringRule {
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    guard site.node.op is any ShapeOnly || site.node.op is any Transparent,
      site.node.outputs.count == 1, plan.isFloats(site.output),
      let x = plan.floats(site.input(0)), x.place.memory == .arena
    else { return false }
    plan.alias(site.output, to: x.place)
    return true
  }
}
