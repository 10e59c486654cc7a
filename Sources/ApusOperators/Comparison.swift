package import ApusGraph
package import ApusTensor

/// An elementwise operator of two inputs of one type, broadcast together, with a truth value for output.
package protocol Comparison: Elementwise {
  /// Whether it holds of two elements.
  func holds<Number: Comparable>(_ a: Number, _ b: Number) -> Bool
}

extension Comparison {
  /// The broadcast shape.
  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let a = try context.input(0)
    let b = try context.input(1)
    if let left = a.dtype, let right = b.dtype, left != right {
      throw OperatorError("inputs must have one type, but are \(left) and \(right)")
    }
    return try Broadcasting.infer(context, dtype: .bool)
  }

  /// The comparison of every pair of elements.
  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let a = try inputs.required(0)
    let b = try inputs.required(1)
    guard a.dtype == b.dtype else {
      throw OperatorError("inputs must have one type, but are \(a.dtype) and \(b.dtype)")
    }
    let broadcasting = try Broadcasting([a.shape, b.shape])
    let pairs = zip(broadcasting.places(in: a.shape), broadcasting.places(in: b.shape))
    let results: [Bool]
    if a.dtype.isFloatingPoint {
      let (x, y) = (a.doubles, b.doubles)
      results = pairs.map { holds(x[$0], y[$1]) }
    } else if a.dtype == .uint64 {
      let (x, y) = (a.elements(as: UInt64.self), b.elements(as: UInt64.self))
      results = pairs.map { holds(x[$0], y[$1]) }
    } else {
      let (x, y) = (a.integers, b.integers)
      results = pairs.map { holds(x[$0], y[$1]) }
    }
    return [Tensor(results, shape: broadcasting.shape)]
  }
}

/// An elementwise operator of two truth values, broadcast together.
package protocol LogicalFunction: Elementwise, Commutative {
  /// The function of two truth values.
  func apply(_ a: Bool, _ b: Bool) -> Bool
}

extension LogicalFunction {
  /// The broadcast shape.
  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    for index in 0..<2 {
      if let dtype = try context.input(index).dtype, dtype != .bool {
        throw OperatorError("input \(index) must be bool, but is \(dtype)")
      }
    }
    return try Broadcasting.infer(context, dtype: .bool)
  }

  /// The function of every pair of elements.
  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let a = try inputs.required(0)
    let b = try inputs.required(1)
    let broadcasting = try Broadcasting([a.shape, try outputShape(inputs)])
    let (x, y) = (a.booleans, b.booleans)
    let pairs = zip(broadcasting.places(in: a.shape), broadcasting.places(in: b.shape))
    return [Tensor(pairs.map { apply(x[$0], y[$1]) }, shape: broadcasting.shape)]
  }
}
