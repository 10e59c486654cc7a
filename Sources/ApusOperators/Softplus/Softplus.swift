package import ApusGraph
import Foundation

/// log(1 + e^x).
///
/// Opsets 1 and 22 differ in types only.
package struct Softplus: ElementFunction {
  package static let kind = OperatorKind("Softplus")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func callAsFunction(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
}
