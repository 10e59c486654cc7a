package import ApusGraph

/// -x; integers wrap around.
///
/// Opsets 6 and 13 differ in types only.
package struct Neg: NumberFunction {
  package static let kind = OperatorKind("Neg")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func callAsFunction(_ x: Double) -> Double { -x }
  package func callAsFunction(_ x: Int64) -> Int64 { 0 &- x }
  package func callAsFunction(_ x: UInt64) -> UInt64 { 0 &- x }
}
