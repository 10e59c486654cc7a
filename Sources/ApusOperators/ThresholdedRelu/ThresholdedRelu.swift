package import ApusGraph

/// x where x > alpha, else 0.
///
/// Opsets 10 and 22 differ in types only.
package struct ThresholdedRelu: ElementFunction {
  package static let kind = OperatorKind("ThresholdedRelu")

  /// The threshold.
  package let alpha: Float

  package init(alpha: Float = 1) {
    self.alpha = alpha
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    alpha = try record.float("alpha", default: 1)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 10)
    record.set("alpha", alpha)
  }

  package func callAsFunction(_ x: Double) -> Double {
    x > Double(alpha) ? x : 0
  }
}
