package import ApusGraph
package import ApusTensor

/// Its input broadcast together with a shape, the second input.
///
/// Opsets 8 and 13 differ in types only.
package struct Expand: Operator {
  package static let kind = OperatorKind("Expand")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    let target = try context.input(1)
    guard let shape = input.shape else { return [Fact(input.dtype, nil)] }
    guard let sizes = target.content else {
      guard let count = target.listCount, count <= Fact.maximumContent else {
        return [Fact(input.dtype, nil)]
      }
      let rank = max(count, shape.count)
      return [Fact(input.dtype, context.unknownSizes("expand", rank: rank))]
    }
    if let size = sizes.first(where: { ($0.fixed ?? 0) < 0 }) {
      throw OperatorError("\(size) is not a size: \(sizes)")
    }
    let result = try Dimension.broadcast([shape, sizes])
    try OutputSize.check(result)
    return result == shape ? [input] : [Fact(input.dtype, result)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let broadcasting = try Broadcasting([input.shape, try outputShape(inputs)])
    return [
      input.selecting(broadcasting.places(in: input.shape), shape: broadcasting.shape)
    ]
  }
}
