package import ApusGraph
import ApusOperators
import ApusTensor

// The operators that blocks are built from, one function each.

extension NetworkBuilder {
  /// A convolution; `bias` may be absent.
  package mutating func convolve(
    _ input: ValueID, weight: ValueID, bias: ValueID?, as convolution: Convolution, name: String
  ) throws(FamilyError) -> ValueID {
    let window = Window(
      strides: convolution.stride, dilations: convolution.dilation,
      pads: convolution.padding + convolution.padding)
    let op = Conv(ApusOperators.Convolution(window: window, groups: convolution.groups))
    return try append(op, [input, weight] + (bias.map { [$0] } ?? []), name: name)
  }

  /// A normalisation of `[input, scale, shift, mean, variance]`; in training by the batch, with the new running
  /// mean and variance as the second and third output.
  package mutating func normalise(
    _ inputs: [ValueID?], epsilon: Float, momentum: Float, name: String
  ) throws(FamilyError) -> ValueID {
    guard form == .training else {
      return try append(BatchNormalization(epsilon: epsilon), inputs, name: name)
    }
    let op = BatchNormalization(epsilon: epsilon, momentum: 1 - momentum, trains: true)
    return try append(
      op, inputs, name: name,
      outputNames: [name, "\(name).next_mean", "\(name).next_variance"])[0]
  }

  /// An activation; none for the identity.
  package mutating func activate(
    _ input: ValueID, with activation: Activation, name: String
  ) throws(FamilyError) -> ValueID {
    switch activation {
    case .identity: input
    case .silu: try append(Silu(), [input], name: name)
    case .relu: try append(Relu(), [input], name: name)
    case .sigmoid: try append(Sigmoid(), [input], name: name)
    case .tanh: try append(Tanh(), [input], name: name)
    case .hardSwish: try append(HardSwish(), [input], name: name)
    case .mish: try mish(input, name: name)
    case .leakyRelu(let slope):
      try append(LeakyRelu(alpha: slope), [input], name: name)
    case .relu6:
      try append(
        Clip(),
        [
          input, constant(Tensor(scalar: Float(0)), name: "\(name).low"),
          constant(Tensor(scalar: Float(6)), name: "\(name).high"),
        ], name: name)
    }
  }

  /// x · tanh(softplus(x)) in three nodes: the operator Mish needs operator set 18.
  private mutating func mish(_ input: ValueID, name: String) throws(FamilyError) -> ValueID {
    let soft = try append(Softplus(), [input], name: "\(name).softplus")
    let bent = try append(Tanh(), [soft], name: "\(name).tanh")
    return try append(Mul(), [input, bent], name: name)
  }

  /// The sum of two values.
  package mutating func add(
    _ a: ValueID, _ b: ValueID, name: String
  ) throws(FamilyError) -> ValueID { try append(Add(), [a, b], name: name) }

  /// The product of two values.
  package mutating func multiply(
    _ a: ValueID, _ b: ValueID, name: String
  ) throws(FamilyError) -> ValueID { try append(Mul(), [a, b], name: name) }

  /// Values side by side along the channels.
  package mutating func concatenate(
    _ values: [ValueID], name: String
  ) throws(FamilyError) -> ValueID {
    try append(Concat(axis: 1), values, name: name)
  }

  /// Pieces of the given sizes along an axis.
  package mutating func split(
    _ input: ValueID, axis: Int, sizes: [Int], name: String
  ) throws(FamilyError) -> [ValueID] {
    try append(
      Split(axis: axis, pieces: nil), [input, list(sizes, name: "\(name).sizes")], name: name,
      outputNames: sizes.indices.map { "\(name).\($0)" })
  }

  /// The largest number under a window.
  package mutating func pool(
    _ input: ValueID, as pool: MaximumPool, name: String
  ) throws(FamilyError) -> ValueID {
    let window = Window(
      strides: pool.stride, pads: pool.padding + pool.padding, roundsUp: pool.roundsUp)
    return try append(MaxPool(Pooling(kernel: pool.kernel, window: window)), [input], name: name)
  }

  /// Zeros around the picture; margins on the left, on the right, above and below.
  package mutating func pad(
    _ input: ValueID, margins: [Int], name: String
  ) throws(FamilyError) -> ValueID {
    let pads = [0, 0, margins[2], margins[0], 0, 0, margins[3], margins[1]]
    return try append(Pad(), [input, list(pads, name: "\(name).pads")], name: name)
  }

  /// Each pixel repeated `factor` times along height and width.
  package mutating func upsample(
    _ input: ValueID, factor: Int, name: String
  ) throws(FamilyError) -> ValueID {
    let scales = constant(
      Tensor([Float(1), 1, Float(factor), Float(factor)]), name: "\(name).scales")
    let op = Resize(mode: .nearest, coordinates: .asymmetric, rounding: .floor)
    return try append(op, [input, nil, scales], name: name)
  }

  /// Every second pixel along height and width.
  package mutating func everySecondPixel(
    of input: ValueID, fromRow row: Int, column: Int, name: String
  ) throws(FamilyError) -> ValueID {
    let bounds = [
      list([row, column], name: "\(name).starts"),
      list([Int(Int32.max), Int(Int32.max)], name: "\(name).ends"),
      list([2, 3], name: "\(name).axes"), list([2, 2], name: "\(name).steps"),
    ]
    return try append(Slice(), [input] + bounds, name: name)
  }

  mutating func list(_ values: [Int], name: String) -> ValueID {
    constant(Tensor(values.map(Int64.init)), name: name)
  }
}
