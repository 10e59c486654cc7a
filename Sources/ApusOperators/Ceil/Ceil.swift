package import ApusGraph

/// The smallest integer not below x.
///
/// Opsets 6 and 13 differ in types only.
package struct Ceil: Rounding {
  package static let kind = OperatorKind("Ceil")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func callAsFunction(_ x: Double) -> Double { x.rounded(.up) }
}
