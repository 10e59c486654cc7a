package import ApusGraph
package import ApusTensor

/// One number repeated to fill the shape its input gives.
///
/// Opsets 9 to 25 differ in types only.
package struct ConstantOfShape: Operator {
  package static let kind = OperatorKind("ConstantOfShape")

  /// The number, a tensor of one element.
  package let value: Tensor

  package init(_ value: Tensor = Tensor([Float(0)])) { self.value = value }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    value = try record.tensor("value") ?? Tensor([Float(0)])
    guard value.count == 1 else {
      throw OperatorError("attribute 'value' must be one element, but has shape \(value.shape)")
    }
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    record.set("value", value.reshaped(to: [1]))
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    guard let sizes = input.content else {
      guard let rank = input.listCount, rank <= Fact.maximumContent else {
        return [Fact(value.dtype, nil)]
      }
      return [Fact(value.dtype, context.unknownSizes("size", rank: rank))]
    }
    if let size = sizes.first(where: { ($0.fixed ?? 0) < 0 }) {
      throw OperatorError("\(size) is not a size: \(sizes)")
    }
    try OutputSize.check(sizes)
    return [Fact(value.dtype, sizes)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let shape = try outputShape(inputs)
    return [value.selecting([Int](repeating: 0, count: shape.count), shape: shape)]
  }
}
