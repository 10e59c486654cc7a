package import ApusGraph
import Foundation

/// 1 / (1 + e^-x).
///
/// Opsets 6 and 13 differ in types only.
package struct Sigmoid: ElementFunction {
  package static let kind = OperatorKind("Sigmoid")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func callAsFunction(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
}
