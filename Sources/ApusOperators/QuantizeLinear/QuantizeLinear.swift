package import ApusGraph
package import ApusTensor

/// round(x / scale) + zero point, half to even, saturating in an integer type.
///
/// Inputs: data, scale, zero point (0 where absent, and then uint8 unless `output` is given). Opset 13
/// added the axis, 19 an attribute for 8-bit floating-point types, 21 blocks and the type, 23 the precision
/// of the division.
package struct QuantizeLinear: Operator {
  package static let kind = OperatorKind("QuantizeLinear")

  /// The axis of scales that are a list.
  package let axis: Int
  /// The number of places along the axis that share a scale; 0 for no blocks.
  package let block: Int
  /// The type of the output where there is no zero point; nil for uint8.
  package let output: DType?
  /// The type of the division; nil for that of the scale.
  package let precision: DType?

  package init(axis: Int = 1, block: Int = 0, output: DType? = nil, precision: DType? = nil) {
    self.axis = axis
    self.block = block
    self.output = output
    self.precision = precision
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    axis = try record.int("axis", default: 1)
    block = try record.int("block_size", default: 0)
    guard block >= 0 else { throw OperatorError("attribute 'block_size' is \(block)") }
    let type = try record.int("output_dtype", default: 0)
    output = type == 0 ? nil : try DType(elementNumber: type)
    let division = try record.int("precision", default: 0)
    precision = division == 0 ? nil : try DType(elementNumber: division)
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
      try record.require(opset: 21)
      record.set("output_dtype", output.elementNumber)
    }
    if let precision {
      try record.require(opset: 23)
      record.set("precision", precision.elementNumber)
    }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    _ = try context.input(1)
    if let zero = context[2]?.dtype, let output, zero != output {
      throw OperatorError("the zero point is \(zero), but 'output_dtype' is \(output)")
    }
    let type = context[2] == nil ? output ?? .uint8 : context[2]?.dtype ?? output
    if let type, type.integerRange == nil {
      throw OperatorError("numbers are quantised to integers of at most 32 bits, not \(type)")
    }
    return [Fact(type, input.shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let scale = try inputs.required(1)
    let dtype = inputs.optional(2)?.dtype ?? output ?? .uint8
    guard let range = dtype.integerRange else {
      throw OperatorError("numbers are quantised to integers of at most 32 bits, not \(dtype)")
    }
    let grid = try QuantisationGrid(
      data: input.shape, scale: scale.shape, axis: axis, block: block)
    let scales = scale.doubles
    let zeros = try QuantisationGrid.zeroPoints(inputs.optional(2), scale: scale)
    let quotients = zip(input.doubles, grid.places).map { $0 / scales[$1] }
    // The division is rounded to its type before it is rounded to an integer.
    let division = precision ?? scale.dtype
    let rounded = Tensor(doubles: quotients, dtype: division, shape: input.shape).doubles
    let results = zip(rounded, grid.places).map { quotient, place -> Double in
      let sum = quotient.rounded(.toNearestOrEven) + zeros[place]
      return sum.isNaN ? 0 : min(max(sum, Double(range.lowerBound)), Double(range.upperBound))
    }
    return [Tensor(doubles: results, dtype: dtype, shape: input.shape)]
  }
}
