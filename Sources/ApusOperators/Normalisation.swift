import ApusGraph
import ApusTensor

/// What the normalisations over parts of one input share.
enum Normalisation {
  /// Brings every run of `length` elements to mean 0 and variance 1.
  ///
  /// - Returns: the elements, and the mean and 1 / sqrt(variance + epsilon) of every run.
  static func runs(
    _ elements: [Double], length: Int, epsilon: Float
  ) -> (elements: [Double], means: [Double], inverses: [Double]) {
    var result = elements
    var means: [Double] = []
    var inverses: [Double] = []
    guard length > 0 else { return (result, means, inverses) }
    for start in stride(from: 0, to: elements.count, by: length) {
      let run = elements[start..<start + length]
      let mean = run.reduce(0, +) / Double(length)
      let variance = run.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(length)
      let inverse = 1 / (variance + Double(epsilon)).squareRoot()
      for index in run.indices { result[index] = (run[index] - mean) * inverse }
      means.append(mean)
      inverses.append(inverse)
    }
    return (result, means, inverses)
  }

  /// Normalises every group of channels of `[N, C, …]`; scale and bias have one element for each channel, or for
  /// each group.
  static func channelGroups(
    _ x: Tensor, groups: Int, epsilon: Float, scale: Tensor, bias: Tensor
  ) throws(OperatorError) -> Tensor {
    let channels = x.shape[1]
    if x.count == 0 { return x }
    guard channels % groups == 0 else {
      throw OperatorError("\(channels) channels cannot be split into \(groups) groups")
    }
    let plane = x.count / x.shape[0] / channels
    let factors = scale.doubles
    let shifts = bias.doubles
    for list in [factors, shifts] where list.count != channels && list.count != groups {
      throw OperatorError(
        "scale and bias must have \(channels) or \(groups) elements, but one has \(list.count)")
    }
    var elements = runs(
      x.doubles, length: channels / groups * plane, epsilon: epsilon
    ).elements
    for index in elements.indices {
      let channel = index / plane % channels
      elements[index] *= factors[channel * factors.count / channels]
      elements[index] += shifts[channel * shifts.count / channels]
    }
    return Tensor(doubles: elements, dtype: x.dtype, shape: x.shape)
  }
}
