package import ApusGraph
import Foundation

/// e^x.
///
/// Opsets 6 and 13 differ in types only.
package struct Exp: ElementFunction {
  package static let kind = OperatorKind("Exp")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func callAsFunction(_ x: Double) -> Double { exp(x) }
}
