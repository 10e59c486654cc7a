package import ApusGraph
import ApusTensor
import Foundation

/// x * sigmoid(alpha * x); with an alpha of 1 it is what `Silu` is.
///
/// In ONNX since opset 24.
package struct Swish: ElementFunction {
  package static let kind = OperatorKind("Swish")

  /// The factor of the sigmoid's argument.
  package let alpha: Float

  package init(alpha: Float = 1) { self.alpha = alpha }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    alpha = try record.float("alpha", default: 1)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 24)
    record.set("alpha", alpha)
  }

  package func callAsFunction(_ x: Double) -> Double { x / (1 + exp(-Double(alpha) * x)) }

  package func expansion(
    opset: Int, inputs: [ValueID?], in patch: inout Patch
  ) throws(OperatorError) -> [ValueID]? {
    guard opset < 24 else { return nil }
    var argument = inputs[0]
    if alpha != 1 {
      argument = patch.add(Mul(), [argument, patch.constant(Tensor(scalar: alpha))])
    }
    return [patch.add(Mul(), [inputs[0], patch.add(Sigmoid(), [argument])])]
  }
}
