import ApusGraph
import ApusOperators
import ApusPlan
import ApusTensor

/// BatchNormalization that no pass has folded, with constant statistics: a depthwise convolution of 1x1
/// windows.
enum BatchNormalizationLowering: LoweringRule {
  static func fusesTails(_ op: any Operator) -> Bool { op is BatchNormalization }

  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    guard let op = site.node.op as? BatchNormalization, !op.trains, site.residual == nil,
      let x = plan.floats(site.input(0)), plan.isFloats(site.output), x.shape.rank >= 2,
      x.shape.count > 0
    else { return false }
    let lists = (1...4).compactMap { plan.tensor(site.input($0))?.doubles }
    guard lists.count == 4 else { return false }
    var (weights, biases): ([Float], [Float]) = ([], [])
    for channel in 0..<x.shape[1] {
      let slope = lists[0][channel] / (lists[3][channel] + Double(op.epsilon)).squareRoot()
      weights.append(Float(slope))
      biases.append(Float(lists[1][channel] - lists[2][channel] * slope))
    }
    let plane = x.shape.dimensions.dropFirst(2).reduce(1, *)
    plan.emit(
      .depthwise(
        DepthwiseStep(
          window: WindowParameters(input: [1, plane], output: [1, plane]), images: x.shape[0],
          channels: x.shape[1], activation: site.activation, source: x.place,
          weights: plan.constant(weights), bias: plan.constant(biases),
          destination: plan.destination(site.output))),
      for: site)
    return true
  }
}
