package import ApusGraph
package import ApusTensor
import Foundation

/// a to the power of b, broadcast, in the type of a.
///
/// Opset 12 allowed two types; 13 and 15 differ in types only.
package struct Pow: Elementwise {
  package static let kind = OperatorKind("Pow")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    try Broadcasting.infer(context, dtype: context.input(0).dtype)
  }

  /// Integers to the power of integers are exact and wrap around; all others go through double precision.
  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let a = try inputs.required(0)
    let b = try inputs.required(1)
    let broadcasting = try Broadcasting([a.shape, b.shape])
    let shape = broadcasting.shape
    let pairs = zip(broadcasting.places(in: a.shape), broadcasting.places(in: b.shape))
    if a.dtype.isFloatingPoint || b.dtype.isFloatingPoint {
      let (x, y) = (a.doubles, b.doubles)
      let results = pairs.map { pow(x[$0], y[$1]) }
      return [Tensor(doubles: results, dtype: a.dtype, shape: shape)]
    }
    let (x, y) = (a.integers, b.integers)
    let results = pairs.map { Self.power(x[$0], y[$1]) }
    return [Tensor(integers: results, dtype: a.dtype, shape: shape)]
  }

  private static func power(_ base: Int64, _ exponent: Int64) -> Int64 {
    guard exponent >= 0 else {
      // 1 / base^n is a fraction, dropped, but for 1 and -1.
      return base == 1 ? 1 : (base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0)
    }
    var (result, factor, rest) = (Int64(1), base, exponent)
    while rest > 0 {
      if rest % 2 == 1 { result = result &* factor }
      factor = factor &* factor
      rest /= 2
    }
    return result
  }
}
