package import ApusGraph

/// max(x, 0).
///
/// Opsets 6, 13 and 14 differ in types only.
package struct Relu: ElementFunction {
  package static let kind = OperatorKind("Relu")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func callAsFunction(_ x: Double) -> Double { x.isNaN ? x : max(x, 0) }
}
