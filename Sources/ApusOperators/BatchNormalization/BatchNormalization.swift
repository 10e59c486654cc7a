package import ApusGraph
package import ApusTensor

/// `(x - mean) / sqrt(variance + epsilon) * scale + bias` of every channel of `[N, C, …]`.
///
/// Inputs: X, scale, bias, mean, variance, the last four `[C]`. Training mode (opset 14) takes mean and
/// variance from the batch, and returns the running ones as outputs 1 and 2. Opsets 7, 9, 14 and 15
/// differ otherwise in types only; the optional outputs of training before opset 14 are not kept.
package struct BatchNormalization: Operator {
  package static let kind = OperatorKind("BatchNormalization")

  /// Added to the variance.
  package var epsilon: Float
  /// The share of the old running mean and variance in the new ones.
  package var momentum: Float
  /// Whether mean and variance are taken from the batch.
  package var trains: Bool

  /// A normalisation with the given constants.
  package init(epsilon: Float = 1e-5, momentum: Float = 0.9, trains: Bool = false) {
    self.epsilon = epsilon
    self.momentum = momentum
    self.trains = trains
  }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    epsilon = try record.float("epsilon", default: 1e-5)
    momentum = try record.float("momentum", default: 0.9)
    trains = try record.int("training_mode", default: 0) != 0
    if try record.int("spatial", default: 1) == 0 {
      throw OperatorError("attribute 'spatial' of 0 (statistics of every element) is not supported")
    }
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    record.set("epsilon", epsilon)
    if momentum != 0.9 { record.set("momentum", momentum) }
    if trains {
      try record.require(opset: 14)
      record.set("training_mode", true)
    }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let x = try context.input(0)
    try Sizes.requireFloat(x.dtype, "X")
    let statistics = try context.input(3)
    if let shape = x.shape {
      try Sizes.requireRank(shape, "X", atLeast: 1)
      let channels = shape.count == 1 ? 1 : shape[1]
      for (index, name) in ["scale", "B", "input_mean", "input_var"].enumerated() {
        try Sizes.requireList(try context.input(index + 1), name, count: channels)
      }
    }
    let output = Fact(x.dtype, x.shape)
    guard trains else { return [output] }
    let running = Fact(statistics.dtype, statistics.shape)
    return [output, running, running]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let x = try inputs.required(0)
    var lists: [[Double]] = []
    let sizes = x.shape.dimensions
    let channels = sizes.count > 1 ? sizes[1] : 1
    for index in 1...4 {
      let list = try inputs.required(index).doubles
      guard list.count == channels else {
        throw OperatorError("input \(index) must have \(channels) elements, but has \(list.count)")
      }
      lists.append(list)
    }
    var elements = x.doubles
    let statistics = try inputs.required(3)
    let plane = Sizes.product(sizes.dropFirst(2))
    var running = (mean: lists[2], variance: lists[3])
    if trains && !elements.isEmpty {
      let batch = moments(of: elements, channels: channels, plane: plane)
      running.mean = mixed(lists[2], batch.mean)
      running.variance = mixed(lists[3], batch.variance)
      lists[2] = batch.mean
      lists[3] = batch.variance
    }
    for index in elements.indices {
      let channel = index / plane % channels
      let normal =
        (elements[index] - lists[2][channel])
        / (lists[3][channel] + Double(epsilon)).squareRoot()
      elements[index] = normal * lists[0][channel] + lists[1][channel]
    }
    let output = Tensor(doubles: elements, dtype: x.dtype, shape: x.shape)
    guard trains else { return [output] }
    return [
      output,
      Tensor(doubles: running.mean, dtype: statistics.dtype, shape: statistics.shape),
      Tensor(doubles: running.variance, dtype: statistics.dtype, shape: statistics.shape),
    ]
  }

  private func mixed(_ old: [Double], _ new: [Double]) -> [Double] {
    zip(old, new).map { $0 * Double(momentum) + $1 * (1 - Double(momentum)) }
  }

  private func moments(
    of elements: [Double], channels: Int, plane: Int
  ) -> (mean: [Double], variance: [Double]) {
    let count = Double(elements.count / channels)
    var mean = [Double](repeating: 0, count: channels)
    var variance = mean
    for (index, x) in elements.enumerated() { mean[index / plane % channels] += x / count }
    for (index, x) in elements.enumerated() {
      let channel = index / plane % channels
      variance[channel] += (x - mean[channel]) * (x - mean[channel]) / count
    }
    return (mean, variance)
  }
}
