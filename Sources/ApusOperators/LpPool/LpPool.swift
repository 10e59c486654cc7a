package import ApusGraph
package import ApusTensor
import Foundation

/// The p-norm of each window.
///
/// Opset 18 adds dilations and `ceil_mode`, 22 bfloat16.
package struct LpPool: Operator {
  package static let kind = OperatorKind("LpPool")

  /// Kernel and window.
  package var pooling: Pooling
  /// The norm's exponent.
  package var p: Int

  /// A pool with the given window.
  package init(_ pooling: Pooling, p: Int = 2) {
    self.pooling = pooling
    self.p = p
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    pooling = try Pooling(from: record)
    p = try record.int("p", default: 2)
    guard p >= 1 else { throw OperatorError("attribute 'p' must be at least 1, but is \(p)") }
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try pooling.encode(into: &record, roundsUpSince: 18, dilatesSince: 18)
    if p != 2 { record.set("p", p) }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    [try pooling.infer(context)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let x = try inputs.required(0)
    try Sizes.requireFloat(x.dtype, "X")
    let output = try pooling.evaluate(x) { window, _ in
      pow(window.reduce(0) { $0 + pow(abs($1), Double(p)) }, 1 / Double(p))
    }
    return [output]
  }
}
