package import ApusGraph
import Foundation

/// The error function.
///
/// Opsets 9 and 13 differ in types only.
package struct Erf: ElementFunction {
  package static let kind = OperatorKind("Erf")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func callAsFunction(_ x: Double) -> Double { erf(x) }
}
