package import ApusGraph
package import ApusTensor

/// Every plane of `[N, C, spatial…]` brought to mean 0 and variance 1, then scaled and shifted by channel.
///
/// Inputs: X, scale `[C]`, bias `[C]`. Opsets 6 and 22 differ in types only.
package struct InstanceNormalization: Operator {
  package static let kind = OperatorKind("InstanceNormalization")

  /// Added to the variance.
  package var epsilon: Float

  /// A normalisation with the given constant.
  package init(epsilon: Float = 1e-5) { self.epsilon = epsilon }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    epsilon = try record.float("epsilon", default: 1e-5)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    record.set("epsilon", epsilon)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let x = try context.input(0)
    try Sizes.requireFloat(x.dtype, "input")
    guard let shape = x.shape else { return [x] }
    try Sizes.requireRank(shape, "input", atLeast: 3)
    try Sizes.requireList(try context.input(1), "scale", count: shape[1])
    try Sizes.requireList(try context.input(2), "B", count: shape[1])
    return [Fact(x.dtype, shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let x = try inputs.required(0)
    try Sizes.requireRank(x.shape.facts, "input", atLeast: 3)
    let output = try Normalisation.channelGroups(
      x, groups: x.shape[1], epsilon: epsilon, scale: inputs.required(1), bias: inputs.required(2))
    return [output]
  }
}
