import ApusGraph
import ApusOperators
import ApusTensor

/// BatchNormalization after a convolution becomes part of its weights and bias.
///
/// `(w x + b - mean) / sqrt(variance + epsilon) * gamma + beta`, per channel; the arithmetic is in double
/// precision.
struct BatchNormalizationFolding: Pass {
  static let name = "fold-batch-normalization"

  func patch(at node: Node, in index: GraphIndex) throws(Miss) -> Patch {
    let op = try root(node, as: BatchNormalization.self)
    guard let input = node.input(0) else { throw Miss("it has no input") }
    return try ChannelAffine(op, at: node, in: index).fold(
      into: input, replacing: node.outputs[0], in: index, pass: Self.name)
  }
}

extension ChannelAffine {
  /// What a normalisation does to each channel.
  init(_ op: BatchNormalization, at node: Node, in index: GraphIndex) throws(Miss) {
    guard !op.trains, node.outputs.count == 1 else {
      throw Miss("'\(node.name)' is in training mode")
    }
    var lists: [[Double]] = []
    for place in 1...4 {
      guard let list = index.constant(node.input(place))?.doubles else {
        throw Miss("the statistics of '\(node.name)' are not constant")
      }
      lists.append(list)
    }
    guard lists.allSatisfy({ $0.count == lists[0].count }) else {
      throw Miss("the statistics of '\(node.name)' are of different lengths")
    }
    let (gamma, beta, mean, variance) = (lists[0], lists[1], lists[2], lists[3])
    let scale = zip(gamma, variance).map { $0 / ($1 + Double(op.epsilon)).squareRoot() }
    self.init(scale: scale, shift: beta.indices.map { beta[$0] - mean[$0] * scale[$0] })
  }
}
