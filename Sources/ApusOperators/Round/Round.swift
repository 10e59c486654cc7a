package import ApusGraph

/// The nearest integer, of two equally near ones the even one.
///
/// Opsets 11 and 22 differ in types only.
package struct Round: Rounding {
  package static let kind = OperatorKind("Round")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 11)
  }

  package func callAsFunction(_ x: Double) -> Double { x.rounded(.toNearestOrEven) }
}
