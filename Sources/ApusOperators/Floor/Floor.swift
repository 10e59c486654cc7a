package import ApusGraph

/// The largest integer not above x.
///
/// Opsets 6 and 13 differ in types only.
package struct Floor: Rounding {
  package static let kind = OperatorKind("Floor")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func callAsFunction(_ x: Double) -> Double { x.rounded(.down) }
}
