package import ApusGraph
import Foundation

/// x * tanh(log(1 + e^x)).
///
/// In ONNX since opset 18; 22 differs in types only.
package struct Mish: ElementFunction {
  package static let kind = OperatorKind("Mish")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 18)
  }

  package func callAsFunction(_ x: Double) -> Double { x * tanh(Softplus()(x)) }

  package func expansion(
    opset: Int, inputs: [ValueID?], in patch: inout Patch
  ) throws(OperatorError) -> [ValueID]? {
    guard opset < 18 else { return nil }
    let gate = patch.add(Tanh(), [patch.add(Softplus(), inputs)])
    return [patch.add(Mul(), [inputs[0], gate])]
  }
}
