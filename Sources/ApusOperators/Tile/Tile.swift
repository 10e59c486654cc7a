package import ApusGraph
package import ApusTensor

/// Its input repeated along every axis as often as the second input says.
///
/// Opsets 6 and 13 differ in types only.
package struct Tile: Operator {
  package static let kind = OperatorKind("Tile")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    let repeats = try context.input(1)
    guard let shape = input.shape else { return [Fact(input.dtype, nil)] }
    if let count = repeats.listCount, count != shape.count {
      throw OperatorError("has \(count) repeats for the \(shape.count) axes of the input")
    }
    guard let factors = repeats.content, factors.count == shape.count else {
      return [Fact(input.dtype, context.unknownSizes("tile", rank: shape.count))]
    }
    if let factor = factors.first(where: { ($0.fixed ?? 0) < 0 }) {
      throw OperatorError("an axis cannot be repeated \(factor) times: \(factors)")
    }
    let result = zip(shape, factors).map { $0 * $1 }
    try OutputSize.check(result)
    return result == shape ? [input] : [Fact(input.dtype, result)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let shape = try outputShape(inputs)
    let strides = input.shape.strides
    var places: [Int] = []
    places.reserveCapacity(shape.count)
    shape.forEachIndex { index in
      places.append(
        index.indices.reduce(0) { $0 + index[$1] % input.shape[$1] * strides[$1] })
    }
    return [input.selecting(places, shape: shape)]
  }
}
