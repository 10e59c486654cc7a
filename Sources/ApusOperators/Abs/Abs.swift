package import ApusGraph

/// |x|; the smallest integer of a type stays itself.
///
/// Opsets 6 and 13 differ in types only.
package struct Abs: NumberFunction {
  package static let kind = OperatorKind("Abs")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func callAsFunction(_ x: Double) -> Double { abs(x) }
  package func callAsFunction(_ x: Int64) -> Int64 { x < 0 ? 0 &- x : x }
  package func callAsFunction(_ x: UInt64) -> UInt64 { x }
}
