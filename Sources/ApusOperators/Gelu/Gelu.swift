package import ApusGraph
import ApusTensor
import Foundation

/// x * P(X <= x) for a standard normal X, exactly or by an approximation with tanh.
///
/// In ONNX since opset 20.
package struct Gelu: ElementFunction {
  package static let kind = OperatorKind("Gelu")

  /// Whether 0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) is meant.
  package let approximate: Bool

  package init(approximate: Bool = false) { self.approximate = approximate }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    switch try record.string("approximate", default: "none") {
    case "none": approximate = false
    case "tanh": approximate = true
    case let name:
      throw OperatorError("attribute 'approximate' must be none or tanh, not '\(name)'")
    }
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 20)
    record.set("approximate", approximate ? "tanh" : "none")
  }

  package func callAsFunction(_ x: Double) -> Double {
    let gate =
      approximate
      ? tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)) : erf(x / 2.0.squareRoot())
    return 0.5 * x * (1 + gate)
  }

  /// Fails nowhere, but the constants are float32: float16 and float64 networks need opset 20.
  package func expansion(
    opset: Int, inputs: [ValueID?], in patch: inout Patch
  ) throws(OperatorError) -> [ValueID]? {
    guard opset < 20 else { return nil }
    let x = inputs[0]
    func scaled(_ value: ValueID?, by factor: Double) -> ValueID {
      patch.add(Mul(), [value, patch.constant(Tensor(scalar: Float(factor)))])
    }
    let gate: ValueID
    if approximate {
      let cube = patch.add(Mul(), [patch.add(Mul(), [x, x]), x])
      let sum = patch.add(Add(), [x, scaled(cube, by: 0.044715)])
      gate = patch.add(Tanh(), [scaled(sum, by: (2 / Double.pi).squareRoot())])
    } else {
      gate = patch.add(Erf(), [scaled(x, by: 1 / 2.0.squareRoot())])
    }
    let weight = patch.add(Add(), [gate, patch.constant(Tensor(scalar: Float(1)))])
    return [scaled(patch.add(Mul(), [x, weight]), by: 0.5)]
  }
}
