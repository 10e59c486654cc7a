package import ApusGraph

/// -1, 0 or 1: the sign of x; NaN stays NaN.
///
/// Opsets 9 and 13 differ in types only.
package struct Sign: NumberFunction {
  package static let kind = OperatorKind("Sign")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func callAsFunction(_ x: Double) -> Double { x > 0 ? 1 : (x < 0 ? -1 : x) }
  package func callAsFunction(_ x: Int64) -> Int64 { x.signum() }
  package func callAsFunction(_ x: UInt64) -> UInt64 { x.signum() }
}
