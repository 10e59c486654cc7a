package import ApusGraph

/// 1 / x.
///
/// Opsets 6 and 13 differ in types only.
package struct Reciprocal: ElementFunction {
  package static let kind = OperatorKind("Reciprocal")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func callAsFunction(_ x: Double) -> Double { 1 / x }
}
