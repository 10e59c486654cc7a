package import ApusGraph
package import ApusTensor

/// An elementwise operator of two inputs of one type, broadcast together, and an output of that type.
package protocol BinaryFunction: Elementwise {
  /// The function of floating-point elements, in double precision.
  func apply(_ a: Double, _ b: Double) -> Double
  /// The function of integer elements, which wrap around.
  func apply(_ a: Int64, _ b: Int64) -> Int64
  /// The function of 64-bit unsigned elements, which wrap around.
  func apply(_ a: UInt64, _ b: UInt64) -> UInt64
  /// The function of sizes, where it has one; carries symbolic shapes through shape arithmetic.
  func apply(_ a: Dimension, _ b: Dimension) -> Dimension?
  /// Whether a size is what the function gives for floating-point elements, too.
  func isExact(_ result: Dimension, _ a: Dimension, _ b: Dimension) -> Bool
}

extension BinaryFunction {
  /// That of the same bits with a sign, which is right for sums, differences and products.
  package func apply(_ a: UInt64, _ b: UInt64) -> UInt64 {
    UInt64(bitPattern: apply(Int64(bitPattern: a), Int64(bitPattern: b)))
  }

  /// None.
  package func apply(_ a: Dimension, _ b: Dimension) -> Dimension? { nil }

  /// It is, where the function does not round.
  package func isExact(_ result: Dimension, _ a: Dimension, _ b: Dimension) -> Bool { true }

  /// The broadcast shape, and the content where both inputs are lists of sizes.
  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let a = try context.input(0)
    let b = try context.input(1)
    if let left = a.dtype, let right = b.dtype, left != right {
      throw OperatorError("inputs must have one type, but are \(left) and \(right)")
    }
    let facts = try Broadcasting.infer(context)
    guard let x = a.sizes, let y = b.sizes, let dtype = a.dtype, let rank = facts[0].rank, rank <= 1
    else { return facts }
    let count = max(x.count, y.count)
    guard x.count == count || x.count == 1, y.count == count || y.count == 1 else { return facts }
    let results = (0..<count).compactMap { index -> Dimension? in
      let (left, right) = (x[x.count == 1 ? 0 : index], y[y.count == 1 ? 0 : index])
      guard let result = apply(left, right) else { return nil }
      // A quotient of floating-point sizes is a size only where nothing is left over.
      return dtype.isInteger || isExact(result, left, right) ? result : nil
    }
    return results.count == count ? [Fact(content: results, dtype: dtype, rank: rank)] : facts
  }

  /// The function of every pair of elements: floating point in double precision, rounded once.
  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let a = try inputs.required(0)
    let b = try inputs.required(1)
    guard a.dtype == b.dtype else {
      throw OperatorError("inputs must have one type, but are \(a.dtype) and \(b.dtype)")
    }
    let broadcasting = try Broadcasting([a.shape, b.shape])
    let pairs = zip(broadcasting.places(in: a.shape), broadcasting.places(in: b.shape))
    if a.dtype.isFloatingPoint {
      let x = a.doubles
      let y = b.doubles
      let results = pairs.map { apply(x[$0], y[$1]) }
      return [Tensor(doubles: results, dtype: a.dtype, shape: broadcasting.shape)]
    }
    if a.dtype == .uint64 {
      let x = a.elements(as: UInt64.self)
      let y = b.elements(as: UInt64.self)
      return [Tensor(pairs.map { apply(x[$0], y[$1]) }, shape: broadcasting.shape)]
    }
    let x = a.integers
    let y = b.integers
    let results = pairs.map { apply(x[$0], y[$1]) }
    return [Tensor(integers: results, dtype: a.dtype, shape: broadcasting.shape)]
  }
}
