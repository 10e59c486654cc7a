package import ApusGraph
package import ApusTensor

/// (x - zero point) * scale.
///
/// Inputs: data, scale, zero point (0 where absent). Opset 13 added the axis, 21 blocks, 23 the type of the
/// output.
package struct DequantizeLinear: Operator {
  package static let kind = OperatorKind("DequantizeLinear")

  /// The axis of scales that are a list.
  package let axis: Int
  /// The number of places along the axis that share a scale; 0 for no blocks.
  package let block: Int
  /// The type of the output; nil for that of the scale.
  package let output: DType?

  package init(axis: Int = 1, block: Int = 0, output: DType? = nil) {
    self.axis = axis
    self.block = block
    self.output = output
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    axis = try record.int("axis", default: 1)
    block = try record.int("block_size", default: 0)
    guard block >= 0 else { throw OperatorError("attribute 'block_size' is \(block)") }
    let type = try record.int("output_dtype", default: 0)
    output = type == 0 ? nil : try DType(elementNumber: type)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 10)
    if axis != 1 || record.opset >= 13 {
      try record.require(opset: 13)
      record.set("axis", axis)
    }
    if block != 0 {
      try record.require(opset: 21)
      record.set("block_size", block)
    }
    if let output {
      try record.require(opset: 23)
      record.set("output_dtype", output.elementNumber)
    }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    let scale = try context.input(1)
    if let zero = context[2]?.dtype, let type = input.dtype, zero != type {
      throw OperatorError("the zero point is \(zero), but the data is \(type)")
    }
    return [Fact(output ?? scale.dtype, input.shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let scale = try inputs.required(1)
    let grid = try QuantisationGrid(
      data: input.shape, scale: scale.shape, axis: axis, block: block)
    let scales = scale.doubles
    let zeros = try QuantisationGrid.zeroPoints(inputs.optional(2), scale: scale)
    let results = zip(input.doubles, grid.places).map { ($0 - zeros[$1]) * scales[$1] }
    return [Tensor(doubles: results, dtype: output ?? scale.dtype, shape: input.shape)]
  }
}
