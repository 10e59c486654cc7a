package import ApusGraph

/// x where x >= 0, else alpha * x.
///
/// Opsets 6 and 16 differ in types only.
package struct LeakyRelu: ElementFunction {
  package static let kind = OperatorKind("LeakyRelu")

  /// The slope below 0.
  package let alpha: Float

  package init(alpha: Float = 0.01) {
    self.alpha = alpha
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    alpha = try record.float("alpha", default: 0.01)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    record.set("alpha", alpha)
  }

  package func callAsFunction(_ x: Double) -> Double {
    x < 0 ? Double(alpha) * x : x
  }
}
