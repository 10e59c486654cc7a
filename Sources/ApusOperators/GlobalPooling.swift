package import ApusGraph
package import ApusTensor

/// A pool whose window is a whole plane: `[N, C, spatial…]` becomes `[N, C, 1…]`.
package protocol GlobalPooling: Operator {
  init()
  /// The function of all elements of a plane.
  func apply(_ plane: [Double]) -> Double
}

extension GlobalPooling {
  package init(from record: inout OperatorRecord) throws(OperatorError) { self.init() }
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let x = try context.input(0)
    try Sizes.requireFloat(x.dtype, "X")
    guard let shape = x.shape else { return [x] }
    try Sizes.requireRank(shape, "X", atLeast: 2)
    return [Fact(x.dtype, shape.enumerated().map { $0 < 2 ? $1 : 1 })]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let x = try inputs.required(0)
    try Sizes.requireFloat(x.dtype, "X")
    try Sizes.requireRank(x.shape.facts, "X", atLeast: 2)
    let groups = try ReducedPlaces(x.shape, axes: Array(2..<x.shape.rank))
    let shape = try OutputSize.shape(x.shape.facts.enumerated().map { $0 < 2 ? $1 : 1 })
    let results = groups.map(x.doubles) { apply($0) }
    return [Tensor(doubles: results, dtype: x.dtype, shape: shape)]
  }
}
