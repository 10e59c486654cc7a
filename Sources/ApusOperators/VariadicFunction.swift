package import ApusGraph
package import ApusTensor

/// An elementwise operator of any number of inputs of one type, broadcast together and combined two at
/// a time.
package protocol VariadicFunction: Elementwise, Commutative {
  /// The combination of floating-point elements, in double precision.
  func combine(_ a: Double, _ b: Double) -> Double
  /// The combination of signed integers.
  func combine(_ a: Int64, _ b: Int64) -> Int64
  /// The combination of 64-bit unsigned integers.
  func combine(_ a: UInt64, _ b: UInt64) -> UInt64
  /// What is made of the combination of `count` floating-point elements.
  func finish(_ total: Double, count: Int) -> Double
}

extension VariadicFunction {
  /// The combination itself.
  package func finish(_ total: Double, count: Int) -> Double { total }

  /// The broadcast shape.
  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let first = try context.input(0)
    for case .some(let fact) in context.inputs {
      if let left = first.dtype, let right = fact.dtype, left != right {
        throw OperatorError("inputs must have one type, but are \(left) and \(right)")
      }
    }
    return try Broadcasting.infer(context)
  }

  /// The combination of the elements at each place, rounded once at the end.
  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let first = try inputs.required(0)
    let tensors = inputs.compactMap { $0 }
    guard tensors.allSatisfy({ $0.dtype == first.dtype }) else {
      throw OperatorError("inputs must have one type, but are \(tensors.map(\.dtype))")
    }
    let broadcasting = try Broadcasting(tensors.map(\.shape))
    let places = tensors.map { broadcasting.places(in: $0.shape) }
    func fold<Number>(_ values: [[Number]], _ combine: (Number, Number) -> Number) -> [Number] {
      var result = places[0].map { values[0][$0] }
      for index in values.indices.dropFirst() {
        for (place, source) in places[index].enumerated() {
          result[place] = combine(result[place], values[index][source])
        }
      }
      return result
    }
    let dtype = first.dtype
    let shape = broadcasting.shape
    if dtype.isFloatingPoint {
      let totals = fold(tensors.map(\.doubles)) { combine($0, $1) }
      let results = totals.map { finish($0, count: tensors.count) }
      return [Tensor(doubles: results, dtype: dtype, shape: shape)]
    }
    if dtype == .uint64 {
      return [
        Tensor(fold(tensors.map { $0.elements(as: UInt64.self) }) { combine($0, $1) }, shape: shape)
      ]
    }
    let results = fold(tensors.map(\.integers)) { combine($0, $1) }
    return [Tensor(integers: results, dtype: dtype, shape: shape)]
  }
}
