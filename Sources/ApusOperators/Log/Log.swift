package import ApusGraph
import Foundation

/// The natural logarithm.
///
/// Opsets 6 and 13 differ in types only.
package struct Log: ElementFunction {
  package static let kind = OperatorKind("Log")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func callAsFunction(_ x: Double) -> Double { log(x) }
}
