package import ApusGraph
import ApusOperators

// nanodet/model/module/transformer.py of RangiLyu/nanodet. Tokens are the rows of `[N, tokens, channels]`; upstream
// keeps them as `[tokens, N, channels]`, which gives the same numbers.

/// Attention of all tokens to each other, then a small network on each, both with what came in added:
/// `TransformerEncoder`.
///
/// Upstream's dropout, which acts in training alone, is not built.
package struct TransformerEncoder: Block {
  /// The channels of a token.
  package var channels: Int
  /// The number of heads, which divides the channels.
  package var headCount: Int
  /// The channels inside the small network.
  package var hiddenChannels: Int
  /// The function inside the small network.
  package var activation: Activation

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    var tokens = inputs[0]
    let first = try network.normaliseTokens(tokens, channels: channels, name: "\(path).norm1")
    let seen = try SelfAttention(channels: channels, headCount: headCount)
      .build(in: &network, from: first, path: "\(path).attn")
    tokens = try network.add(tokens, seen, name: "\(path).add1")
    let second = try network.normaliseTokens(tokens, channels: channels, name: "\(path).norm2")
    let spread = try Linear(channels, hiddenChannels)
      .build(in: &network, from: second, path: "\(path).mlp.fc1")
    let bent = try network.activate(spread, with: activation, name: "\(path).mlp.act")
    let drawn = try Linear(hiddenChannels, channels)
      .build(in: &network, from: bent, path: "\(path).mlp.fc2")
    return try network.add(tokens, drawn, name: "\(path).add2")
  }
}

/// Every token as a mean of all, weighted by the likeness of their keys to its query: PyTorch's
/// `MultiheadAttention` of one input, whose packed weight makes queries, keys and values.
///
/// With `d` channels in a head: `out_proj(softmax(q / √d · kᵀ) · v)`.
package struct SelfAttention: Block {
  /// The channels of a token.
  package var channels: Int
  /// The number of heads, which divides the channels.
  package var headCount: Int

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let width = channels / headCount
    let weight = try network.weight(
      "\(path).in_proj_weight", shape: [3 * channels, channels],
      initial: .init(.uniform(bound: (6 / Float(4 * channels)).squareRoot())))
    let bias = try network.weight(
      "\(path).in_proj_bias", shape: [3 * channels], initial: .constant(0))
    let stacked = try network.transformTokens(
      inputs[0], weight: weight, bias: bias, name: "\(path).in_proj")
    let parts = try network.split(
      stacked, axis: 2, sizes: [channels, channels, channels], name: "\(path).split")
    /// Tokens of each head, in another order of `[N, tokens, heads, width]`.
    func heads(_ part: Int, order: [Int], name: String) throws(FamilyError) -> ValueID {
      let split = try network.reshape(
        parts[part], to: [0, 0, headCount, width], name: "\(path).\(name).split")
      return try network.transpose(split, order: order, name: "\(path).\(name)")
    }
    var queries = try heads(0, order: [0, 2, 1, 3], name: "queries")
    let keys = try heads(1, order: [0, 2, 3, 1], name: "keys")
    let values = try heads(2, order: [0, 2, 1, 3], name: "values")
    queries = try network.scale(
      queries, by: 1 / Float(width).squareRoot(), name: "\(path).queries.scaled")
    let likeness = try network.multiplyMatrices(queries, keys, name: "\(path).likeness")
    let weights = try network.softmax(likeness, name: "\(path).weights")
    let mixed = try network.multiplyMatrices(weights, values, name: "\(path).mixed")
    let turned = try network.transpose(mixed, order: [0, 2, 1, 3], name: "\(path).turned")
    let joined = try network.reshape(turned, to: [0, 0, channels], name: "\(path).joined")
    return try Linear(channels, channels)
      .build(in: &network, from: joined, path: "\(path).out_proj")
  }
}

/// A matrix times every token, and a bias: PyTorch's `Linear`, new ones as TAN draws them.
package struct Linear: Block {
  private var inputs: Int
  private var outputs: Int

  /// A matrix of `outputs` rows and `inputs` columns.
  package init(_ inputs: Int, _ outputs: Int) {
    self.inputs = inputs
    self.outputs = outputs
  }

  package func build(
    in network: inout NetworkBuilder, from values: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let weight = try network.weight(
      "\(path).weight", shape: [outputs, inputs], initial: .normal(deviation: 0.02))
    let bias = try network.weight("\(path).bias", shape: [outputs], initial: .constant(0))
    return try network.transformTokens(values[0], weight: weight, bias: bias, name: path)
  }
}

extension NetworkBuilder {
  /// The axes in another order.
  mutating func transpose(
    _ input: ValueID, order: [Int], name: String
  ) throws(FamilyError) -> ValueID { try append(Transpose(order), [input], name: name) }

  /// A matrix, one row for each channel that comes out, times every token, and a bias.
  mutating func transformTokens(
    _ tokens: ValueID, weight: ValueID, bias: ValueID, name: String
  ) throws(FamilyError) -> ValueID {
    let turned = try transpose(weight, order: [1, 0], name: "\(name).turned")
    let product = try multiplyMatrices(tokens, turned, name: "\(name).product")
    return try add(product, bias, name: name)
  }

  /// Every token brought to mean 0 and variance 1, then scaled and shifted by channel: PyTorch's `LayerNorm`.
  mutating func normaliseTokens(
    _ tokens: ValueID, channels: Int, name: String
  ) throws(FamilyError) -> ValueID {
    let scale = try weight("\(name).weight", shape: [channels], initial: .constant(1))
    let shift = try weight("\(name).bias", shape: [channels], initial: .constant(0))
    return try append(
      LayerNormalization(axis: -1, epsilon: 1e-5), [tokens, scale, shift], name: name)
  }
}
