package import ApusGraph
import Foundation

/// x where x >= 0, else alpha * (e^x - 1).
///
/// Opsets 6 and 22 differ in types only.
package struct Elu: ElementFunction {
  package static let kind = OperatorKind("Elu")

  /// The limit at minus infinity, negated.
  package let alpha: Float

  package init(alpha: Float = 1) {
    self.alpha = alpha
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    alpha = try record.float("alpha", default: 1)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    record.set("alpha", alpha)
  }

  package func callAsFunction(_ x: Double) -> Double {
    x < 0 ? Double(alpha) * expm1(x) : x
  }
}
