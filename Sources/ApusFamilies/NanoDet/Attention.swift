import ApusGraph
import ApusOperators
import ApusTensor

/// Attention of every cell to every other, in eight parts of the channels: PyTorch's `MultiheadAttention` with one
/// input, of `[N, cells, C]`.
struct Attention: Block {
  /// The number of parts.
  static let heads = 8

  /// The channels, divisible by the number of parts.
  let channels: Int

  func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let width = channels / Self.heads
    let all = try network.linear(
      inputs[0], channels, 3 * channels, weight: "\(path).in_proj_weight",
      bias: "\(path).in_proj_bias",
      initial: .init(.uniform(bound: (6 / Float(4 * channels)).squareRoot())), name: "\(path).in")
    let parts = try network.append(
      Split(axis: 2, pieces: 3), [all], name: "\(path).split",
      outputNames: ["\(path).queries", "\(path).keys", "\(path).values"])
    func part(_ index: Int, _ order: [Int], _ name: String) throws(FamilyError) -> ValueID {
      let apart = try network.reshape(
        parts[index], [0, 0, Self.heads, width], name: "\(path).\(name)_parts")
      return try network.transpose(apart, order, name: "\(path).\(name)_turned")
    }
    let queries = try part(0, [0, 2, 1, 3], "query")
    let keys = try part(1, [0, 2, 3, 1], "key")
    let values = try part(2, [0, 2, 1, 3], "value")
    let scale = network.constant(
      Tensor(scalar: 1 / Float(width).squareRoot()), name: "\(path).scale")
    let scaled = try network.multiply(queries, scale, name: "\(path).scaled")
    let products = try network.append(MatMul(), [scaled, keys], name: "\(path).products")
    let shares = try network.append(Softmax(axis: -1), [products], name: "\(path).shares")
    let mixed = try network.append(MatMul(), [shares, values], name: "\(path).mixed")
    let turned = try network.transpose(mixed, [0, 2, 1, 3], name: "\(path).turned")
    let joined = try network.reshape(turned, [0, 0, channels], name: "\(path).joined")
    return try network.linear(joined, channels, channels, path: "\(path).out_proj")
  }
}

extension Initialisation {
  /// What the linear layers of attention are drawn from; upstream cuts the distribution at ±2, a hundred deviations.
  static let linear = Initialisation.normal(deviation: 0.02)
}

extension NetworkBuilder {
  /// The axes in another order.
  mutating func transpose(
    _ input: ValueID, _ order: [Int], name: String
  ) throws(FamilyError) -> ValueID {
    try append(Transpose(order), [input], name: name)
  }

  /// A matrix product with bias over the last axis: PyTorch's `Linear`.
  mutating func linear(
    _ input: ValueID, _ inputs: Int, _ outputs: Int, path: String
  ) throws(FamilyError) -> ValueID {
    try linear(
      input, inputs, outputs, weight: "\(path).weight", bias: "\(path).bias", initial: .linear,
      name: path)
  }

  /// The same with names of the tensors of one's own.
  mutating func linear(
    _ input: ValueID, _ inputs: Int, _ outputs: Int, weight: String, bias: String,
    initial: Initialisation, name: String
  ) throws(FamilyError) -> ValueID {
    let matrix = try self.weight(weight, shape: [outputs, inputs], initial: initial)
    let shift = try self.weight(bias, shape: [outputs], initial: .constant(0))
    let turned = try transpose(matrix, [1, 0], name: "\(name).turned")
    let product = try append(MatMul(), [input, turned], name: "\(name).product")
    return try add(product, shift, name: name)
  }

  /// The last axis brought to mean 0 and variance 1, then scaled and shifted: PyTorch's `LayerNorm`.
  mutating func normaliseLayer(
    _ input: ValueID, _ channels: Int, path: String
  ) throws(FamilyError) -> ValueID {
    let scale = try weight("\(path).weight", shape: [channels], initial: .constant(1))
    let shift = try weight("\(path).bias", shape: [channels], initial: .constant(0))
    return try append(LayerNormalization(), [input, scale, shift], name: path)
  }
}
