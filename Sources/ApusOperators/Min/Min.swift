package import ApusGraph

/// The smallest of all inputs, broadcast; NaN where one is NaN.
///
/// Opsets 8, 12 and 13 differ in types only.
package struct Min: VariadicFunction {
  package static let kind = OperatorKind("Min")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func combine(_ a: Double, _ b: Double) -> Double { a.isNaN || b.isNaN ? .nan : min(a, b) }
  package func combine(_ a: Int64, _ b: Int64) -> Int64 { min(a, b) }
  package func combine(_ a: UInt64, _ b: UInt64) -> UInt64 { min(a, b) }
}
