package import ApusGraph
package import ApusTensor

/// Whether each number is infinite.
///
/// In ONNX since opset 10; 20 differs in types only.
package struct IsInf: Elementwise {
  package static let kind = OperatorKind("IsInf")

  /// Whether minus infinity counts.
  package let negative: Bool
  /// Whether plus infinity counts.
  package let positive: Bool

  package init(negative: Bool = true, positive: Bool = true) {
    self.negative = negative
    self.positive = positive
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    negative = try record.int("detect_negative", default: 1) != 0
    positive = try record.int("detect_positive", default: 1) != 0
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 10)
    record.set("detect_negative", negative)
    record.set("detect_positive", positive)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    [Fact(.bool, try context.input(0).shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let results = input.doubles.map { $0.isInfinite && ($0 < 0 ? negative : positive) }
    return [Tensor(results, shape: input.shape)]
  }
}
