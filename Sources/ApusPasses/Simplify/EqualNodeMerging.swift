import ApusGraph
import ApusTensor

/// Of two nodes that compute the same from the same, the later one goes.
struct EqualNodeMerging: Pass {
  static let name = "merge-equal-nodes"

  func patch(at node: Node, in index: GraphIndex) throws(Miss) -> Patch {
    guard !(node.op is any Nondeterministic), !(node.op is ForeignOperator),
      let key = node.inputs.compactMap({ $0 }).first(where: { index.constant($0) == nil })
    else { throw Miss("it may not be merged", isNear: false) }
    for earlier in index.consumers(of: key) {
      if earlier.id == node.id { break }
      guard earlier.outputs.count == node.outputs.count, earlier.op.isEqual(to: node.op),
        earlier.inputs.count == node.inputs.count,
        zip(earlier.inputs, node.inputs).allSatisfy({ isSame($0, $1, in: index) })
      else { continue }
      var patch = Patch(Self.name)
      for (old, new) in zip(node.outputs, earlier.outputs) { patch.replace(old, with: new) }
      return patch
    }
    throw Miss("no other node computes the same", isNear: false)
  }

  /// Whether the two are one value, or constants that are equal to the bit.
  private func isSame(_ a: ValueID?, _ b: ValueID?, in index: GraphIndex) -> Bool {
    if a == b { return true }
    guard let left = index.constant(a), let right = index.constant(b) else { return false }
    return left == right
  }
}
