package import ApusGraph
package import ApusTensor

/// All axes from one on brought to mean 0 and variance 1, then scaled and shifted.
///
/// Inputs: X, scale and an optional bias that broadcast to X. Outputs 1 and 2 are the means and
/// 1 / sqrt(variance + epsilon), float32. Since opset 17.
package struct LayerNormalization: Operator {
  package static let kind = OperatorKind("LayerNormalization")

  /// The first normalised axis.
  package var axis: Int
  /// Added to the variance.
  package var epsilon: Float

  /// A normalisation of the axes from `axis` on.
  package init(axis: Int = -1, epsilon: Float = 1e-5) {
    self.axis = axis
    self.epsilon = epsilon
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    axis = try record.int("axis", default: -1)
    epsilon = try record.float("epsilon", default: 1e-5)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 17)
    if axis != -1 { record.set("axis", axis) }
    record.set("epsilon", epsilon)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let x = try context.input(0)
    try Sizes.requireFloat(x.dtype, "X")
    _ = try context.input(1)
    guard let shape = x.shape else { return [x, Fact(.float32, nil), Fact(.float32, nil)] }
    let first = try Axes.resolved(axis, rank: shape.count)
    for index in 1...2 {
      guard let factor = context[index]?.shape else { continue }
      try check(factor, against: shape)
    }
    let moments = shape.enumerated().map { $0 < first ? $1 : 1 }
    return [Fact(x.dtype, shape), Fact(.float32, moments), Fact(.float32, moments)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let x = try inputs.required(0)
    let sizes = x.shape.dimensions
    let first = try Axes.resolved(axis, rank: sizes.count)
    var (elements, means, inverses) = Normalisation.runs(
      x.doubles, length: x.count == 0 ? 0 : Sizes.product(sizes[first...]), epsilon: epsilon)
    try combine(&elements, x.shape, with: inputs.required(1)) { $0 *= $1 }
    if let bias = inputs.optional(2) { try combine(&elements, x.shape, with: bias) { $0 += $1 } }
    let moments = try OutputSize.shape(x.shape.facts.enumerated().map { $0 < first ? $1 : 1 })
    if means.count != moments.count {
      means = [Double](repeating: .nan, count: moments.count)
      inverses = means
    }
    return [
      Tensor(doubles: elements, dtype: x.dtype, shape: x.shape),
      Tensor(doubles: means, dtype: .float32, shape: moments),
      Tensor(doubles: inverses, dtype: .float32, shape: moments),
    ]
  }

  /// Mean, variance and quotient step by step; for float32, with the axis counted from the end.
  package func expansion(
    opset: Int, inputs: [ValueID?], in patch: inout Patch
  ) throws(OperatorError) -> [ValueID]? {
    guard opset < 17 else { return nil }
    guard axis < 0, inputs.count >= 2 else {
      throw OperatorError(
        "needs operator set 17, or an axis counted from the end, but has axis \(axis)")
    }
    let axes = patch.constant(Tensor((axis..<0).map(Int64.init)), name: "axes")
    let mean = patch.add(ReduceMean(), [inputs[0], axes])
    let distance = patch.add(Sub(), [inputs[0], mean])
    let variance = patch.add(ReduceMean(), [patch.add(Mul(), [distance, distance]), axes])
    let added = patch.add(
      Add(), [variance, patch.constant(Tensor(scalar: epsilon), name: "epsilon")])
    let deviation = patch.add(Sqrt(), [added])
    var output = patch.add(Mul(), [patch.add(Div(), [distance, deviation]), inputs[1]])
    if inputs.count > 2, inputs[2] != nil { output = patch.add(Add(), [output, inputs[2]]) }
    return [output, mean, patch.add(Reciprocal(), [deviation])]
  }

  private func combine(
    _ elements: inout [Double], _ shape: Shape, with tensor: Tensor,
    _ body: (inout Double, Double) -> Void
  ) throws(OperatorError) {
    try check(tensor.shape.facts, against: shape.facts)
    let values = tensor.doubles
    let places = try Broadcasting([shape, tensor.shape]).places(in: tensor.shape)
    for (index, place) in places.enumerated() { body(&elements[index], values[place]) }
  }

  private func check(_ factor: [Dimension], against shape: [Dimension]) throws(OperatorError) {
    let fits =
      factor.count <= shape.count
      && zip(factor.reversed(), shape.reversed()).allSatisfy { $0 == 1 || !$0.contradicts($1) }
    guard fits else {
      throw OperatorError("scale and bias must broadcast to shape \(shape), but one has \(factor)")
    }
  }
}
