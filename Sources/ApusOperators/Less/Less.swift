package import ApusGraph

/// a < b, broadcast.
///
/// Opsets 7, 9 and 13 differ in types only.
package struct Less: Comparison {
  package static let kind = OperatorKind("Less")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func holds<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { a < b }
}
