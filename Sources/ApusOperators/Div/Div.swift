package import ApusGraph

/// a / b, broadcast; integers round towards zero, and a division of integers by zero gives 0.
///
/// Opsets 7, 13 and 14 differ in types only.
package struct Div: BinaryFunction {
  package static let kind = OperatorKind("Div")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func apply(_ a: Double, _ b: Double) -> Double { a / b }
  package func apply(_ a: Int64, _ b: Int64) -> Int64 {
    b == 0 ? 0 : a.dividedReportingOverflow(by: b).partialValue
  }
  package func apply(_ a: UInt64, _ b: UInt64) -> UInt64 { b == 0 ? 0 : a / b }

  /// Sizes are never negative, so rounding down is rounding towards zero.
  package func apply(_ a: Dimension, _ b: Dimension) -> Dimension? {
    if let x = a.fixed, let y = b.fixed {
      return y == 0 ? nil : .fixed(Int(apply(Int64(x), Int64(y))))
    }
    if let y = b.fixed { return y > 0 ? a.dividedRoundingDown(by: y) : nil }
    // The smallest integer has no opposite, should the divisor be the negative of a size.
    return a.fixed == .min ? nil : a.dividedExactly(by: b)
  }

  package func isExact(_ result: Dimension, _ a: Dimension, _ b: Dimension) -> Bool {
    result * b == a
  }
}
