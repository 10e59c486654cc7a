package import ApusGraph
import Foundation

/// max(x, 0) + min(alpha * (e^(x / alpha) - 1), 0).
///
/// In ONNX since opset 12; 28 differs in types only.
package struct Celu: ElementFunction {
  package static let kind = OperatorKind("Celu")

  /// The limit at minus infinity, negated.
  package let alpha: Float

  package init(alpha: Float = 1) {
    self.alpha = alpha
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    alpha = try record.float("alpha", default: 1)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 12)
    record.set("alpha", alpha)
  }

  package func callAsFunction(_ x: Double) -> Double {
    max(x, 0) + min(Double(alpha) * expm1(x / Double(alpha)), 0)
  }
}
