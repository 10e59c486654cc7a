package import ApusGraph
package import ApusTensor

/// Its input as uint8, with the scale and the zero point that its smallest and largest element ask for.
///
/// The range always includes 0: scale = (max - min) / 255, zero point = -min / scale, rounded half to even.
/// In ONNX since opset 11.
package struct DynamicQuantizeLinear: Operator {
  package static let kind = OperatorKind("DynamicQuantizeLinear")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 11)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    [Fact(.uint8, try context.input(0).shape), Fact(.float32, []), Fact(.uint8, [])]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    // Every step is rounded to float32, as the operator's definition by others asks.
    let numbers = input.floats
    let low = min(numbers.min() ?? 0, 0)
    let high = max(numbers.max() ?? 0, 0)
    // All elements are 0: any scale will do.
    let scale = high == low ? 1 : (high - low) / 255
    let zero = min(max((-low / scale).rounded(.toNearestOrEven), 0), 255)
    let results = numbers.map { number -> Double in
      let sum = (number / scale).rounded(.toNearestOrEven) + zero
      return sum.isNaN ? 0 : Double(min(max(sum, 0), 255))
    }
    return [
      Tensor(doubles: results, dtype: .uint8, shape: input.shape), Tensor(scalar: scale),
      Tensor(doubles: [Double(zero)], dtype: .uint8, shape: []),
    ]
  }
}
