package import ApusGraph
package import ApusTensor

/// The upper or lower triangle of the matrices its last two axes hold; 0 elsewhere.
///
/// The second input, a scalar, moves the diagonal to the right. In ONNX since opset 14.
package struct Trilu: Operator {
  package static let kind = OperatorKind("Trilu")

  /// Whether the upper triangle is kept, else the lower one; both with the diagonal.
  package let upper: Bool

  package init(upper: Bool = true) { self.upper = upper }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    upper = try record.int("upper", default: 1) != 0
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 14)
    record.set("upper", upper)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    if let shape = input.shape, shape.count < 2 {
      throw OperatorError("the input must have at least 2 axes, but has shape \(shape)")
    }
    return [Fact(input.dtype, input.shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let shape = try outputShape(inputs)
    let offset = inputs.optional(1)?.integers ?? [0]
    guard offset.count == 1 else {
      throw OperatorError("the diagonal must be one number, but is \(offset)")
    }
    // Beyond the matrix all diagonals are alike.
    let limit = Int64(OutputSize.maximum)
    let diagonal = Int(min(max(offset[0], -limit), limit))
    let (rows, columns) = (shape[shape.rank - 2], shape[shape.rank - 1])
    let places = (0..<input.count).map { place in
      let distance = place % columns - place / columns % rows - diagonal
      return (upper ? distance >= 0 : distance <= 0) ? place : input.count
    }
    let zero = Tensor(zeros: [1], dtype: input.dtype)
    return [Tensor.joined([input, zero]).selecting(places, shape: shape)]
  }
}
