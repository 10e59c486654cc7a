package import ApusGraph
package import ApusTensor

/// `alpha * A B + beta * C` of two matrices, each taken as it is or transposed, and a broadcast `C`.
///
/// Since opset 11 `C` may be left out; opsets 7, 9 and 13 differ in types only.
package struct Gemm: Operator {
  package static let kind = OperatorKind("Gemm")

  /// Factor of the product.
  package var alpha: Float
  /// Factor of `C`.
  package var beta: Float
  /// Whether `A` is `[k, m]` instead of `[m, k]`.
  package var transposesA: Bool
  /// Whether `B` is `[n, k]` instead of `[k, n]`.
  package var transposesB: Bool

  /// A product with the given factors and orders.
  package init(
    alpha: Float = 1, beta: Float = 1, transposesA: Bool = false, transposesB: Bool = false
  ) {
    self.alpha = alpha
    self.beta = beta
    self.transposesA = transposesA
    self.transposesB = transposesB
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    alpha = try record.float("alpha", default: 1)
    beta = try record.float("beta", default: 1)
    transposesA = try record.int("transA", default: 0) != 0
    transposesB = try record.int("transB", default: 0) != 0
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    if !record.hasInput(2) { try record.require(opset: 11) }
    if alpha != 1 { record.set("alpha", alpha) }
    if beta != 1 { record.set("beta", beta) }
    if transposesA { record.set("transA", true) }
    if transposesB { record.set("transB", true) }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let a = try context.input(0)
    let b = try context.input(1)
    try Sizes.requireOneType(context)
    guard let left = a.shape, let right = b.shape else { return [Fact(a.dtype, nil)] }
    let output = try product(left, right).output
    if let added = context[2]?.shape { try check(added, against: output) }
    return [Fact(a.dtype, output)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let a = try inputs.required(0)
    let b = try inputs.required(1)
    let product = try product(a.shape.facts, b.shape.facts)
    var result = try product.evaluate(
      transposesA ? a.doubles.transposed(a.shape) : a.doubles,
      transposesB ? b.doubles.transposed(b.shape) : b.doubles)
    for index in result.elements.indices { result.elements[index] *= Double(alpha) }
    if let c = inputs.optional(2) {
      try check(c.shape.facts, against: product.output)
      let added = c.doubles
      let places = try Broadcasting([result.shape, c.shape]).places(in: c.shape)
      for (index, place) in places.enumerated() {
        result.elements[index] += Double(beta) * added[place]
      }
    }
    return [Tensor(doubles: result.elements, dtype: a.dtype, shape: result.shape)]
  }

  package func multiplyAccumulates(inputs: [Fact?], outputs: [Fact]) -> Int {
    guard let shape = inputs.first??.shape, shape.count == 2 else { return 0 }
    return Sizes.multiplyAccumulates(of: outputs, each: [shape[transposesA ? 0 : 1].fixed])
  }

  private func product(
    _ a: [Dimension], _ b: [Dimension]
  ) throws(OperatorError) -> MatrixProduct {
    guard a.count == 2, b.count == 2 else {
      throw OperatorError("'A' and 'B' must be matrices, but have shapes \(a) and \(b)")
    }
    return try MatrixProduct(
      transposesA ? a.reversed() : a, transposesB ? b.reversed() : b)
  }

  private func check(_ c: [Dimension], against output: [Dimension]) throws(OperatorError) {
    let fits =
      c.count <= output.count
      && zip(c.reversed(), output.reversed()).allSatisfy { $0 == 1 || !$0.contradicts($1) }
    guard fits else {
      throw OperatorError("'C' of shape \(c) does not broadcast to the product's shape \(output)")
    }
  }
}

extension [Double] {
  /// The elements of a matrix in the order of its transpose.
  fileprivate func transposed(_ shape: Shape) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(count)
    for column in 0..<shape[1] {
      for row in 0..<shape[0] { result.append(self[row * shape[1] + column]) }
    }
    return result
  }
}
