package import ApusGraph

/// The sum of all inputs, broadcast.
///
/// Opsets 8 and 13 differ in types only.
package struct Sum: VariadicFunction {
  package static let kind = OperatorKind("Sum")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func combine(_ a: Double, _ b: Double) -> Double { a + b }
  package func combine(_ a: Int64, _ b: Int64) -> Int64 { a &+ b }
  package func combine(_ a: UInt64, _ b: UInt64) -> UInt64 { a &+ b }
}
