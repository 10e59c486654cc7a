package import ApusGraph
package import ApusTensor

/// An elementwise operator of two inputs of one type, broadcast together, and an output of that type.
package protocol BinaryFunction: Elementwise {
  /// The function of floating-point elements, in double precision.
  func apply(_ a: Double, _ b: Double) -> Double
  /// The function of integer elements, which wrap around.
  func apply(_ a: Int64, _ b: Int64) -> Int64
  /// The function of sizes, where it has one; carries symbolic shapes through shape arithmetic.
  func apply(_ a: Dimension, _ b: Dimension) -> Dimension?
}

extension BinaryFunction {
  /// None.
  package func apply(_ a: Dimension, _ b: Dimension) -> Dimension? { nil }

  /// The broadcast shape, and the content where both inputs are lists of sizes.
  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let a = try context.input(0)
    let b = try context.input(1)
    if let left = a.dtype, let right = b.dtype, left != right {
      throw OperatorError("inputs must have one type, but are \(left) and \(right)")
    }
    let facts = try Broadcasting.infer(context)
    guard let x = a.content, let y = b.content, let dtype = a.dtype, dtype.isInteger,
      let rank = facts[0].rank, rank <= 1
    else { return facts }
    let count = max(x.count, y.count)
    guard x.count == count || x.count == 1, y.count == count || y.count == 1 else { return facts }
    let results = (0..<count).compactMap {
      apply(x[x.count == 1 ? 0 : $0], y[y.count == 1 ? 0 : $0])
    }
    return results.count == count ? [Fact(content: results, dtype: dtype, rank: rank)] : facts
  }

  /// The function of every pair of elements: floating point in double precision, rounded once.
  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let a = try inputs.required(0)
    let b = try inputs.required(1)
    let broadcasting = try Broadcasting([a.shape, b.shape])
    let pairs = zip(broadcasting.places(in: a.shape), broadcasting.places(in: b.shape))
    if a.dtype.isFloatingPoint {
      let x = a.doubles
      let y = b.doubles
      let results = pairs.map { apply(x[$0], y[$1]) }
      return [Tensor(doubles: results, dtype: a.dtype, shape: broadcasting.shape)]
    }
    let x = a.integers
    let y = b.integers
    let results = pairs.map { apply(x[$0], y[$1]) }
    return [Tensor(integers: results, dtype: a.dtype, shape: broadcasting.shape)]
  }
}
