import ApusGraph
import ApusTensor

/// In what two graphs differ that ought to be the same: names, order, operators, facts, card.
public enum GraphDifference {
  /// The first difference found; nil where there is none.
  public static func first(_ a: Graph, _ b: Graph) -> String? {
    if a.opset != b.opset { return "operator set \(a.opset), then \(b.opset)" }
    if a.card != b.card { return "the model cards" }
    if a.metadata != b.metadata { return "metadata \(a.metadata), then \(b.metadata)" }
    for (role, left, right) in [("inputs", a.inputs, b.inputs), ("outputs", a.outputs, b.outputs)] {
      let before = left.map { describe(a[$0]) }
      let after = right.map { describe(b[$0]) }
      if before != after { return "\(role) \(before), then \(after)" }
    }
    if a.nodes.count != b.nodes.count { return "\(a.nodes.count), then \(b.nodes.count) nodes" }
    for (left, right) in zip(a.nodes, b.nodes) {
      if left.name != right.name { return "node '\(left.name)', then '\(right.name)'" }
      if !left.op.isEqual(to: right.op) {
        return "node '\(left.name)': \(left.op), then \(right.op)"
      }
      for (before, after) in [(left.inputs, right.inputs), (left.outputs, right.outputs)] {
        let x = before.map { $0.map { describe(a[$0]) } ?? "" }
        let y = after.map { $0.map { describe(b[$0]) } ?? "" }
        if x != y { return "node '\(left.name)': \(x), then \(y)" }
      }
    }
    let (before, after) = (constants(of: a), constants(of: b))
    if before.count != after.count {
      return "\(before.count), then \(after.count) constants"
    }
    let changed = before.keys.sorted().first { before[$0] != after[$0] }
    return changed.map { "constant '\($0)'" }
  }

  /// The constants that a node reads or a caller receives, by name; others are not written.
  private static func constants(of graph: Graph) -> [String: Tensor] {
    let read = Set(graph.outputs + graph.nodes.flatMap { $0.inputs.compactMap { $0 } })
    let pairs = graph.constants.filter { read.contains($0.id) }
    return Dictionary(
      pairs.compactMap { value in value.constant.map { (value.name, $0) } },
      uniquingKeysWith: { $1 })
  }

  private static func describe(_ value: Value) -> String { "\(value.name): \(value.fact)" }
}
