package import ApusGraph

/// a + b, broadcast.
///
/// Opsets 7, 13 and 14 differ in types only.
package struct Add: BinaryFunction, Commutative {
  package static let kind = OperatorKind("Add")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func apply(_ a: Double, _ b: Double) -> Double { a + b }
  package func apply(_ a: Int64, _ b: Int64) -> Int64 { a &+ b }
  package func apply(_ a: Dimension, _ b: Dimension) -> Dimension? { a + b }
}
