package import ApusGraph
package import ApusTensor

/// Convolution of 8-bit integers, as int32 sums.
///
/// Inputs: x, w, and their zero points; that of w may have one element for each filter.
package struct ConvInteger: Operator {
  package static let kind = OperatorKind("ConvInteger")

  /// Window and groups.
  package var convolution: Convolution

  /// A convolution with the given window and groups.
  package init(_ convolution: Convolution = Convolution()) { self.convolution = convolution }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    convolution = try Convolution(from: record)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 10)
    convolution.encode(into: &record)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    try Sizes.require(try context.input(0).dtype, "x", [.int8, .uint8])
    try Sizes.require(try context.input(1).dtype, "w", [.int8, .uint8])
    return try convolution.infer(context, dtype: .int32)
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let x = try inputs.required(0)
    let w = try inputs.required(1)
    let result = try convolution.evaluate(
      x: (try Quantisation.centred(x, zeroPoint: inputs.optional(2), axis: 1, name: "x"), x.shape),
      w: (try Quantisation.centred(w, zeroPoint: inputs.optional(3), axis: 0, name: "w"), w.shape),
      bias: nil)
    return [Tensor(doubles: result.elements, dtype: .int32, shape: result.shape)]
  }

  package func multiplyAccumulates(inputs: [Fact?], outputs: [Fact]) -> Int {
    convolution.multiplyAccumulates(w: inputs.count > 1 ? inputs[1] : nil, outputs: outputs)
  }
}
