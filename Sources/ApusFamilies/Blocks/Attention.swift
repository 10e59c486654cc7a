package import ApusGraph
import ApusTensor

/// Every pixel as a mean of all pixels, weighted by the likeness of their keys to its query: `Attention`.
///
/// With `q, k, v` the three parts of `qkv(x)` in each head, `[N, heads, channels, H·W]`:
/// `proj(v · softmax(qᵀ · k · scale)ᵀ + pe(v))`.
package struct Attention: RecordedBlock {
  package static let classNames = ["Attention"]

  /// Makes queries, keys and values: in each head one after the other.
  package var queriesKeysValues: ConvolutionBlock
  package var projection: ConvolutionBlock
  /// Tells positions apart: a depthwise convolution of the values.
  package var position: ConvolutionBlock
  package var headCount: Int
  /// The channels of the queries and of the keys of one head.
  package var keyChannels: Int
  /// The channels of the values of one head.
  package var valueChannels: Int
  /// What likenesses are multiplied with: `1 / √keyChannels`.
  package var scale: Float

  /// Heads of equal width; keys have half the channels of values.
  package init(_ channels: Int, headCount: Int) {
    self.headCount = headCount
    valueChannels = channels / headCount
    keyChannels = valueChannels / 2
    scale = Float(1 / Double(keyChannels).squareRoot())
    queriesKeysValues = ConvolutionBlock(
      Convolution(channels, channels + 2 * keyChannels * headCount), activation: .identity)
    projection = ConvolutionBlock(Convolution(channels, channels), activation: .identity)
    position = ConvolutionBlock(
      Convolution(channels, channels, kernel: 3, groups: channels), activation: .identity)
  }

  package init(_ module: RecordedModule) throws(FamilyError) {
    queriesKeysValues = try ConvolutionBlock(try module.child("qkv"))
    projection = try ConvolutionBlock(try module.child("proj"))
    position = try ConvolutionBlock(try module.child("pe"))
    headCount = try module.integer("num_heads")
    keyChannels = try module.integer("key_dim")
    valueChannels = try module.integer("head_dim")
    scale = Float(try module.number("scale"))
    guard scale.isFinite else { throw module.bad("'scale' is \(scale), expected a finite number") }
    let (found, rest) = queriesKeysValues.convolution.outputChannels.quotientAndRemainder(
      dividingBy: headCount)
    guard rest == 0, found == 2 * keyChannels + valueChannels else {
      throw module.bad(
        "'qkv' makes \(queriesKeysValues.convolution.outputChannels) channels, expected "
          + "\(headCount) heads · (2 · \(keyChannels) + \(valueChannels))")
    }
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let stacked = try queriesKeysValues.build(in: &network, from: inputs, path: "\(path).qkv")
    let heads = try network.reshape(
      stacked, to: [0, headCount, 2 * keyChannels + valueChannels, -1], name: "\(path).heads")
    let parts = try network.split(
      heads, axis: 2, sizes: [keyChannels, keyChannels, valueChannels], name: "\(path).split")
    let queries = try network.transposeMatrices(parts[0], name: "\(path).queries")
    let likeness = try network.multiplyMatrices(queries, parts[1], name: "\(path).likeness")
    let scaled = try network.scale(likeness, by: scale, name: "\(path).scaled")
    let weights = try network.softmax(scaled, name: "\(path).weights")
    let turned = try network.transposeMatrices(weights, name: "\(path).turned")
    let mixed = try network.multiplyMatrices(parts[2], turned, name: "\(path).mixed")

    let grid = try network.shape(of: inputs[0], name: "\(path).grid")
    let picture = try network.reshape(mixed, to: grid, name: "\(path).picture")
    let values = try network.reshape(parts[2], to: grid, name: "\(path).values")
    let places = try position.build(in: &network, from: values, path: "\(path).pe")
    let sum = try network.add(picture, places, name: "\(path).add")
    return try projection.build(in: &network, from: sum, path: "\(path).proj")
  }
}

/// Attention and a small network after it, for half of the channels: `PSA`.
///
/// With `a, b` the halves of `cv1(x)`: `b ← b + attn(b)`, `b ← b + ffn(b)`, then `cv2(concat(a, b))`.
package struct PartialAttention: RecordedBlock {
  package static let classNames = ["PSA"]

  package var entry: ConvolutionBlock
  package var exit: ConvolutionBlock
  package var attention: any Block
  package var feedForward: any Block

  /// Heads of about 64 channels, `channels / 128` of them.
  package init(_ channels: Int) {
    let half = channels / 2
    entry = ConvolutionBlock(Convolution(channels, 2 * half))
    exit = ConvolutionBlock(Convolution(2 * half, channels))
    attention = Attention(half, headCount: max(half / 64, 1))
    feedForward = Chain([
      ConvolutionBlock(Convolution(half, 2 * half)),
      ConvolutionBlock(Convolution(2 * half, half), activation: .identity),
    ])
  }

  package init(_ module: RecordedModule) throws(FamilyError) {
    entry = try ConvolutionBlock(try module.child("cv1"))
    exit = try ConvolutionBlock(try module.child("cv2"))
    attention = try BlockCatalogue.block(try module.child("attn"))
    feedForward = try BlockCatalogue.block(try module.child("ffn"))
    let half = try module.integer("c")
    guard entry.convolution.outputChannels == 2 * half else {
      throw module.bad(
        "'cv1' makes \(entry.convolution.outputChannels) channels, expected 2 · 'c' = \(2 * half)")
    }
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let inner = try entry.build(in: &network, from: inputs, path: "\(path).cv1")
    let half = entry.convolution.outputChannels / 2
    let halves = try network.split(inner, axis: 1, sizes: [half, half], name: "\(path).split")
    let seen = try attention.build(in: &network, from: halves[1], path: "\(path).attn")
    let first = try network.add(halves[1], seen, name: "\(path).add1")
    let thought = try feedForward.build(in: &network, from: first, path: "\(path).ffn")
    let second = try network.add(first, thought, name: "\(path).add2")
    let both = try network.concatenate([halves[0], second], name: "\(path).concat")
    return try exit.build(in: &network, from: both, path: "\(path).cv2")
  }
}
