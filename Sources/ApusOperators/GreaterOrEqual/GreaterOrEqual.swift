package import ApusGraph

/// a >= b, broadcast.
///
/// In ONNX since opset 12; 16 differs in types only.
package struct GreaterOrEqual: Comparison {
  package static let kind = OperatorKind("GreaterOrEqual")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    try record.require(opset: 12)
  }

  package func holds<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { a >= b }

  /// Two comparisons rather than a negated one, which would differ for NaN.
  package func expansion(
    opset: Int, inputs: [ValueID?], in patch: inout Patch
  ) throws(OperatorError) -> [ValueID]? {
    guard opset < 12 else { return nil }
    return [patch.add(Or(), [patch.add(Greater(), inputs), patch.add(Equal(), inputs)])]
  }
}
