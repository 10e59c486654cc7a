package import ApusGraph
package import ApusTensor

/// Every group of channels of `[N, C, spatial…]` brought to mean 0 and variance 1, then scaled and shifted.
///
/// Inputs: X, scale and bias, `[C]`; in opsets 18 to 20 they are `[groups]`.
package struct GroupNormalization: Operator {
  package static let kind = OperatorKind("GroupNormalization")

  /// The number of groups.
  package var groups: Int
  /// Added to the variance.
  package var epsilon: Float
  /// Whether scale and bias have one element for each group, not for each channel.
  package var scalesGroups: Bool

  /// A normalisation of the given groups.
  package init(groups: Int, epsilon: Float = 1e-5, scalesGroups: Bool = false) {
    self.groups = groups
    self.epsilon = epsilon
    self.scalesGroups = scalesGroups
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    guard let groups = try record.int("num_groups"), groups >= 1 else {
      throw OperatorError("attribute 'num_groups' must be given and at least 1")
    }
    self.init(
      groups: groups, epsilon: try record.float("epsilon", default: 1e-5),
      scalesGroups: record.opset < 21)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 18)
    guard scalesGroups == (record.opset < 21) else {
      throw OperatorError(
        "with scales for each \(scalesGroups ? "group" : "channel") cannot be written in "
          + "operator set \(record.opset): sets 18 to 20 have groups, later ones channels")
    }
    record.set("num_groups", groups)
    record.set("epsilon", epsilon)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let x = try context.input(0)
    try Sizes.requireFloat(x.dtype, "X")
    guard let shape = x.shape else { return [x] }
    try Sizes.requireRank(shape, "X", atLeast: 2)
    let count = scalesGroups ? .fixed(groups) : shape[1]
    try Sizes.requireList(try context.input(1), "scale", count: count)
    try Sizes.requireList(try context.input(2), "bias", count: count)
    return [Fact(x.dtype, shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let x = try inputs.required(0)
    try Sizes.requireRank(x.shape.facts, "X", atLeast: 2)
    let output = try Normalisation.channelGroups(
      x, groups: groups, epsilon: epsilon, scale: inputs.required(1), bias: inputs.required(2))
    return [output]
  }
}
