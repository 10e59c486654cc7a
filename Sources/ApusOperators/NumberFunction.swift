package import ApusGraph
package import ApusTensor

/// A function of one number that integer tensors have too, computed without rounding.
package protocol NumberFunction: ElementFunction {
  /// The function of an integer; wraps around.
  func callAsFunction(_ x: Int64) -> Int64
  /// The function of a 64-bit integer without a sign.
  func callAsFunction(_ x: UInt64) -> UInt64
}

extension NumberFunction {
  /// The function of every element.
  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let shape = input.shape
    if input.dtype.isFloatingPoint {
      return [
        Tensor(doubles: input.doubles.map { self($0) }, dtype: input.dtype, shape: shape)
      ]
    }
    if input.dtype == .uint64 {
      return [Tensor(input.elements(as: UInt64.self).map { self($0) }, shape: shape)]
    }
    return [Tensor(integers: input.integers.map { self($0) }, dtype: input.dtype, shape: shape)]
  }
}

/// A function to integral numbers: integers, and so sizes, pass it unchanged.
package protocol Rounding: ElementFunction {}

extension Rounding {
  /// Type and shape of the input, and its content: sizes are integers already.
  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    var fact = Fact(input.dtype, input.shape)
    fact.content = input.sizes
    return [fact]
  }
}

extension Fact {
  /// The content; of a constant of floating-point elements too, where all are integers.
  package var sizes: [Dimension]? {
    if let content { return content }
    guard let constant, constant.dtype.isFloatingPoint, constant.shape.rank <= 1,
      constant.count <= Self.maximumContent
    else { return nil }
    let numbers = constant.doubles
    guard numbers.allSatisfy({ $0 == $0.rounded() && abs($0) < 0x1p53 }) else { return nil }
    return numbers.map { .fixed(Int($0)) }
  }
}
