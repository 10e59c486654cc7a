package import ApusGraph
package import ApusTensor

/// Convolution of 8-bit integers with scales and zero points.
///
/// Inputs: x, its scale and zero point; w, its scale and zero point (one element, or one for each filter);
/// scale and zero point of the output; a bias (int32, in units of both scales' product).
package struct QLinearConv: Operator {
  package static let kind = OperatorKind("QLinearConv")

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
    // The weights are input 3 here.
    record.attributes["kernel_shape"] = nil
    if let weights = record.constantInput(3) {
      record.set("kernel_shape", Array(weights.shape.dimensions.dropFirst(2)))
    }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    try Sizes.require(try context.input(0).dtype, "x", [.int8, .uint8])
    try Sizes.require(try context.input(3).dtype, "w", [.int8, .uint8])
    return try convolution.infer(context, x: 0, w: 3, dtype: try context.input(7).dtype)
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let x = try inputs.required(0)
    let w = try inputs.required(3)
    let result = try convolution.evaluate(
      x: (try Quantisation.centred(x, zeroPoint: inputs.required(2), axis: 1, name: "x"), x.shape),
      w: (try Quantisation.centred(w, zeroPoint: inputs.required(5), axis: 0, name: "w"), w.shape),
      bias: inputs.optional(8)?.doubles)
    let scale =
      try Quantisation.scalar(inputs.required(1), "x_scale")
      / Quantisation.scalar(inputs.required(6), "y_scale")
    let weightScales = try Quantisation.spread(
      inputs.required(4), over: w.shape, axis: 0, name: "w_scale")
    let plane = Sizes.product(result.shape.dimensions.dropFirst(2))
    let zeroPoint = try inputs.required(7)
    return [
      try Quantisation.quantised(
        result.elements,
        scale: { scale * weightScales[$0 / plane % result.shape[1] % weightScales.count] },
        zeroPoint: Quantisation.scalar(zeroPoint, "y_zero_point"), dtype: zeroPoint.dtype,
        shape: result.shape)
    ]
  }

  package func multiplyAccumulates(inputs: [Fact?], outputs: [Fact]) -> Int {
    convolution.multiplyAccumulates(w: inputs.count > 3 ? inputs[3] : nil, outputs: outputs)
  }
}
