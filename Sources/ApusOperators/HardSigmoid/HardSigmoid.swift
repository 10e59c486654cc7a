package import ApusGraph

/// alpha * x + beta, clamped to 0...1.
///
/// Opsets 6 and 22 differ in types only.
package struct HardSigmoid: ElementFunction {
  package static let kind = OperatorKind("HardSigmoid")

  /// The slope.
  package let alpha: Float
  /// The value at 0.
  package let beta: Float

  package init(alpha: Float = 0.2, beta: Float = 0.5) {
    self.alpha = alpha
    self.beta = beta
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    alpha = try record.float("alpha", default: 0.2)
    beta = try record.float("beta", default: 0.5)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    record.set("alpha", alpha)
    record.set("beta", beta)
  }

  package func callAsFunction(_ x: Double) -> Double {
    max(0, min(1, Double(alpha) * x + Double(beta)))
  }
}
