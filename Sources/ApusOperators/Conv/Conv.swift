package import ApusGraph
package import ApusTensor

/// Convolution of `X` `[N, C, spatial…]` with `W` `[M, C / groups, kernel…]` and a bias `B` `[M]`.
///
/// Opsets 1, 11 and 22 differ in types and defaults only.
package struct Conv: Operator {
  package static let kind = OperatorKind("Conv")

  /// Window and groups.
  package var convolution: Convolution

  /// A convolution with the given window and groups.
  package init(_ convolution: Convolution = Convolution()) { self.convolution = convolution }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    convolution = try Convolution(from: record)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    convolution.encode(into: &record)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let x = try context.input(0)
    try Sizes.requireFloat(x.dtype, "X")
    try Sizes.requireOneType(context)
    _ = try context.input(1)
    if let filters = context[1]?.shape?.first {
      try Sizes.requireList(context[2], "B", count: filters)
    }
    return try convolution.infer(context, dtype: x.dtype)
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let x = try inputs.required(0)
    let w = try inputs.required(1)
    let result = try convolution.evaluate(
      x: (x.doubles, x.shape), w: (w.doubles, w.shape), bias: inputs.optional(2)?.doubles)
    return [Tensor(doubles: result.elements, dtype: x.dtype, shape: result.shape)]
  }

  package func multiplyAccumulates(inputs: [Fact?], outputs: [Fact]) -> Int {
    convolution.multiplyAccumulates(w: inputs.count > 1 ? inputs[1] : nil, outputs: outputs)
  }
}
