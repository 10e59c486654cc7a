package import ApusGraph
import Foundation

/// The arc tangent, in radians.
///
/// Opsets 7 and 22 differ in types only.
package struct Atan: ElementFunction {
  package static let kind = OperatorKind("Atan")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func callAsFunction(_ x: Double) -> Double { atan(x) }
}
