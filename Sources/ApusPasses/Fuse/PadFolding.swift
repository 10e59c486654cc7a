import ApusGraph
import ApusOperators
import ApusTensor

/// A Pad of zeros before a convolution, or before an average pool that counts padding, becomes its padding.
struct PadFolding: Pass {
  static let name = "fold-pad"

  func patch(at node: Node, in index: GraphIndex) throws(Miss) -> Patch {
    let (window, rebuilt) = try window(of: node.op)
    guard let (padding, pad) = index.producer(of: node.input(0), as: Pad.self) else {
      throw Miss("it does not follow a Pad", isNear: false)
    }
    guard let source = padding.input(0), let rank = index.fact(source).rank,
      let added = pads(of: padding, rank: rank, in: index)
    else { throw Miss("the padding of '\(padding.name)' is not known") }
    guard pad.mode == .constant, padding.input(2) == nil || index.isScalar(padding.input(2), 0)
    else {
      throw Miss("'\(padding.name)' does not pad with zeros")
    }
    let isSpatial = [0, 1, rank, rank + 1].allSatisfy { added[$0] == 0 }
    guard rank >= 3, isSpatial, added.allSatisfy({ (0...1 << 20).contains($0) }) else {
      throw Miss("'\(padding.name)' pads batch or channels, or cuts")
    }
    guard window.padding == .explicit else { throw Miss("its own padding is automatic") }
    let spatial = rank - 2
    let more = Array(added[2..<rank] + added[(rank + 2)...])
    var larger = window
    let own = window.pads.isEmpty ? [Int](repeating: 0, count: 2 * spatial) : window.pads
    guard own.count == more.count else { throw Miss("its padding has another number of axes") }
    larger.pads = zip(own, more).map { $0 + $1 }
    var patch = Patch(Self.name)
    patch.replace(node, with: rebuilt(larger), [source] + Array(node.inputs.dropFirst()))
    return patch
  }

  /// The window of an operator that pads with zeros, and the operator with another one.
  private func window(
    of op: any Operator
  ) throws(Miss) -> (Window, rebuilt: (Window) -> any Operator) {
    if var conv = op as? Conv {
      return (
        conv.convolution.window,
        { window in
          conv.convolution.window = window
          return conv
        }
      )
    }
    if var pool = op as? AveragePool {
      guard pool.countsPadding, !pool.pooling.window.roundsUp else {
        throw Miss("its padding does not count as zeros")
      }
      return (
        pool.pooling.window,
        { window in
          pool.pooling.window = window
          return pool
        }
      )
    }
    throw Miss("not this operator", isNear: false)
  }

  /// Elements added before each axis, then after each axis.
  private func pads(of node: Node, rank: Int, in index: GraphIndex) -> [Int]? {
    guard let listed = index.integers(node.input(1)) else { return nil }
    guard node.input(3) != nil else { return listed.count == 2 * rank ? listed : nil }
    guard let axes = index.integers(node.input(3)), listed.count == 2 * axes.count else {
      return nil
    }
    var pads = [Int](repeating: 0, count: 2 * rank)
    for (place, axis) in axes.enumerated() {
      let axis = axis < 0 ? axis + rank : axis
      guard (0..<rank).contains(axis) else { return nil }
      pads[axis] = listed[place]
      pads[axis + rank] = listed[place + axes.count]
    }
    return pads
  }
}
