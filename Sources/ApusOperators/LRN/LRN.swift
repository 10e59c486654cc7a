package import ApusGraph
package import ApusTensor
import Foundation

/// Every element of `[N, C, spatial…]` over a power of the squares of its neighbours along the channels.
///
/// `x / (bias + alpha / size * sum of squares)^beta`, over `size` channels around the element's own. Opsets
/// 1 and 13 differ in types only.
package struct LRN: Operator {
  package static let kind = OperatorKind("LRN")

  /// The number of channels in a sum.
  package var size: Int
  /// Factor of the sum.
  package var alpha: Float
  /// The exponent.
  package var beta: Float
  /// Added to the sum.
  package var bias: Float

  /// A normalisation with the given constants.
  package init(size: Int, alpha: Float = 0.0001, beta: Float = 0.75, bias: Float = 1) {
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.bias = bias
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    guard let size = try record.int("size"), size >= 1, size <= Sizes.maximumStep else {
      throw OperatorError("attribute 'size' must be given and at least 1")
    }
    self.init(
      size: size, alpha: try record.float("alpha", default: 0.0001),
      beta: try record.float("beta", default: 0.75), bias: try record.float("bias", default: 1))
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    record.set("size", size)
    record.set("alpha", alpha)
    record.set("beta", beta)
    record.set("bias", bias)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let x = try context.input(0)
    try Sizes.requireFloat(x.dtype, "X")
    if let shape = x.shape { try Sizes.requireRank(shape, "X", atLeast: 2) }
    return [Fact(x.dtype, x.shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let x = try inputs.required(0)
    try Sizes.requireRank(x.shape.facts, "X", atLeast: 2)
    if x.count == 0 { return [x] }
    let elements = x.doubles
    let channels = x.shape[1]
    let plane = x.count / x.shape[0] / channels
    let results = elements.indices.map { index in
      let channel = index / plane % channels
      let first = max(0, channel - (size - 1) / 2)
      let last = min(channels - 1, channel + size / 2)
      var sum = 0.0
      for neighbour in first...last {
        let value = elements[index + (neighbour - channel) * plane]
        sum += value * value
      }
      return elements[index] / pow(Double(bias) + Double(alpha) / Double(size) * sum, Double(beta))
    }
    return [Tensor(doubles: results, dtype: x.dtype, shape: x.shape)]
  }
}
