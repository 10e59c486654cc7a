package import ApusGraph
package import ApusTensor

/// Its input with the axes in another order.
///
/// Opsets 1 to 25 differ in types only.
package struct Transpose: Operator {
  package static let kind = OperatorKind("Transpose")

  /// For each axis of the output the axis of the input; nil for the reverse order.
  package let permutation: [Int]?

  package init(_ permutation: [Int]?) { self.permutation = permutation }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    permutation = try record.ints("perm")
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    if let permutation { record.set("perm", permutation) }
  }

  /// The permutation of so many axes.
  package func permutation(rank: Int) throws(OperatorError) -> [Int] {
    guard let permutation else { return (0..<rank).reversed() }
    guard permutation.count == rank else {
      throw OperatorError("permutes \(permutation.count) axes, but the input has \(rank)")
    }
    return try Axes.resolved(permutation, rank: rank)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    guard let shape = input.shape else { return [Fact(input.dtype, nil)] }
    let order = try permutation(rank: shape.count)
    return shape.count <= 1 ? [input] : [Fact(input.dtype, order.map { shape[$0] })]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let order = try permutation(rank: input.shape.rank)
    let shape = Shape(order.map { input.shape[$0] })
    let strides = input.shape.strides
    let view = StridedView(sizes: shape.dimensions, steps: order.map { strides[$0] })
    return [input.selecting(view.places, shape: shape)]
  }
}
