package import ApusGraph

/// x * max(0, min(1, x / 6 + 1/2)).
///
/// In ONNX since opset 14; 22 differs in types only.
package struct HardSwish: ElementFunction {
  package static let kind = OperatorKind("HardSwish")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 14)
  }

  package func callAsFunction(_ x: Double) -> Double { x * max(0, min(1, x / 6 + 0.5)) }

  package func expansion(
    opset: Int, inputs: [ValueID?], in patch: inout Patch
  ) throws(OperatorError) -> [ValueID]? {
    guard opset < 14 else { return nil }
    let gate = patch.add(HardSigmoid(alpha: 1 / 6, beta: 0.5), inputs)
    return [patch.add(Mul(), [inputs[0], gate])]
  }
}
