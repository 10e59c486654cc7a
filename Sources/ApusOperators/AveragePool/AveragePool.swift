package import ApusGraph
package import ApusTensor

/// The mean of each window.
///
/// Opset 7 adds `count_include_pad`, 10 `ceil_mode`, 19 dilations, 22 bfloat16.
package struct AveragePool: Operator {
  package static let kind = OperatorKind("AveragePool")

  /// Kernel and window.
  package var pooling: Pooling
  /// Whether padding counts as elements of 0; otherwise it does not count.
  package var countsPadding: Bool

  /// A pool with the given window.
  package init(_ pooling: Pooling, countsPadding: Bool = false) {
    self.pooling = pooling
    self.countsPadding = countsPadding
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    pooling = try Pooling(from: record)
    countsPadding = try record.int("count_include_pad", default: 0) != 0
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try pooling.encode(into: &record, dilatesSince: 19)
    if countsPadding { record.set("count_include_pad", true) }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    [try pooling.infer(context)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let x = try inputs.required(0)
    try Sizes.requireFloat(x.dtype, "X")
    let output = try pooling.evaluate(x) { window, paddedCount in
      let count = countsPadding ? paddedCount : window.count
      return count == 0 ? 0 : window.reduce(0, +) / Double(count)
    }
    return [output]
  }
}
