package import ApusGraph

/// The square root; NaN below 0.
///
/// Opsets 6 and 13 differ in types only.
package struct Sqrt: ElementFunction {
  package static let kind = OperatorKind("Sqrt")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func callAsFunction(_ x: Double) -> Double { x.squareRoot() }
}
