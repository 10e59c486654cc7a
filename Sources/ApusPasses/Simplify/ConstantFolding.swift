import ApusGraph
import ApusOperators
import ApusTensor

/// Nodes whose outputs do not depend on the inputs of the graph become constants.
///
/// What is computed from a DequantizeLinear stays, so that quantised weights stay small and visible; and so
/// does what would make a large constant out of small ones.
struct ConstantFolding: Pass {
  static let name = "fold-constants"

  /// The number of bytes a folded constant may have beyond those of the constants it is made from.
  var growthLimit = 1 << 22
  /// Whether constant DequantizeLinear nodes are folded too.
  var foldsDequantization = false

  func patch(at node: Node, in index: GraphIndex) throws(Miss) -> Patch {
    guard !(node.op is any Nondeterministic), !(node.op is ForeignOperator) else {
      throw Miss("it may not be folded", isNear: false)
    }
    let tensors = try constants(of: node, in: index)
    var patch = Patch(Self.name)
    for (output, tensor) in zip(node.outputs, tensors) {
      patch.replace(output, with: patch.constant(tensor, name: index.graph[output].name))
    }
    return patch
  }

  private func constants(of node: Node, in index: GraphIndex) throws(Miss) -> [Tensor] {
    let facts = index.graph.outputFacts(of: node)
    let known = facts.compactMap(\.constant)
    if known.count == facts.count {
      try requireNoDequantization(of: node, in: index)
      return known
    }
    var inputs: [Tensor?] = []
    for id in node.inputs {
      guard let id else {
        inputs.append(nil)
        continue
      }
      guard let constant = index.constant(id) else {
        throw Miss("an input is not constant", isNear: false)
      }
      inputs.append(constant)
    }
    try requireNoDequantization(of: node, in: index)
    let limit = growthLimit + inputs.reduce(0) { $0 + ($1?.byteCount ?? 0) }
    for fact in facts {
      guard let shape = fact.fixedShape, let dtype = fact.dtype,
        let bytes = shape.checkedByteCount(of: dtype), bytes <= limit
      else { throw Miss("its constant would be large: \(fact)") }
    }
    do throws(OperatorError) {
      return try node.op.evaluate(inputs)
    } catch {
      throw Miss("it cannot be computed: \(error.message)")
    }
  }

  private func requireNoDequantization(of node: Node, in index: GraphIndex) throws(Miss) {
    if foldsDequantization { return }
    if isDequantized(node, in: index, depth: 0) {
      throw Miss("it is computed from a DequantizeLinear, which stays")
    }
  }

  private func isDequantized(_ node: Node, in index: GraphIndex, depth: Int) -> Bool {
    if node.op is DequantizeLinear { return true }
    // Chains of constants that are not folded yet are short.
    guard depth < 16 else { return true }
    return node.inputs.contains { id in
      guard let id, index.fact(id).constant != nil, let maker = index.producer(of: id) else {
        return false
      }
      return isDequantized(maker, in: index, depth: depth + 1)
    }
  }
}
