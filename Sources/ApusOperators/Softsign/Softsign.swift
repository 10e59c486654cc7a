package import ApusGraph

/// x / (1 + |x|).
///
/// Opsets 1 and 22 differ in types only.
package struct Softsign: ElementFunction {
  package static let kind = OperatorKind("Softsign")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func callAsFunction(_ x: Double) -> Double { x / (1 + abs(x)) }
}
