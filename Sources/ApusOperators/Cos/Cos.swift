package import ApusGraph
import Foundation

/// The cosine of an angle in radians.
///
/// Opsets 7 and 22 differ in types only.
package struct Cos: ElementFunction {
  package static let kind = OperatorKind("Cos")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func callAsFunction(_ x: Double) -> Double { cos(x) }
}
