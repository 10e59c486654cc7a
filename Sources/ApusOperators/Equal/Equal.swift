package import ApusGraph

/// a == b, broadcast.
///
/// Opsets 7, 11, 13 and 19 differ in types only.
package struct Equal: Comparison, Commutative {
  package static let kind = OperatorKind("Equal")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func holds<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { a == b }
}
