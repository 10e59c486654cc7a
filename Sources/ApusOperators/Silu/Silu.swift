package import ApusGraph
import ApusTensor
import Foundation

/// x * sigmoid(x), also called Swish: no operator of ONNX before set 24, so it is written as two.
package struct Silu: ElementFunction {
  package static let kind = OperatorKind("Silu", domain: OperatorKind.apusDomain)

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func callAsFunction(_ x: Double) -> Double { x / (1 + exp(-x)) }

  package func expansion(
    opset: Int, inputs: [ValueID?], in patch: inout Patch
  ) throws(OperatorError) -> [ValueID]? {
    let sigmoid = patch.add(Sigmoid(), inputs)
    return [patch.add(Mul(), [inputs[0], sigmoid])]
  }
}
