package import ApusGraph
import Foundation

/// gamma * x where x > 0, else gamma * alpha * (e^x - 1).
///
/// Opsets 6 and 22 differ in types only.
package struct Selu: ElementFunction {
  package static let kind = OperatorKind("Selu")

  /// The factor of the exponential.
  package let alpha: Float
  /// The factor of everything.
  package let gamma: Float

  package init(alpha: Float = 1.67326319217681884765625, gamma: Float = 1.05070102214813232421875) {
    self.alpha = alpha
    self.gamma = gamma
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    alpha = try record.float("alpha", default: 1.67326319217681884765625)
    gamma = try record.float("gamma", default: 1.05070102214813232421875)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    record.set("alpha", alpha)
    record.set("gamma", gamma)
  }

  package func callAsFunction(_ x: Double) -> Double {
    Double(gamma) * (x > 0 ? x : Double(alpha) * expm1(x))
  }
}
