package import ApusGraph
import Foundation

/// The hyperbolic tangent.
///
/// Opsets 6 and 13 differ in types only.
package struct Tanh: ElementFunction {
  package static let kind = OperatorKind("Tanh")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func callAsFunction(_ x: Double) -> Double { tanh(x) }
}
