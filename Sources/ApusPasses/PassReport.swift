public import ApusGraph

/// What a pipeline did to a graph.
public struct PassReport: Sendable {
  /// What one pass did.
  public struct Line: Sendable, Hashable {
    /// The pass.
    public let pass: String
    /// How many places it changed.
    public internal(set) var patches: Int
  }

  /// A place where a pass found its operator, but could not change it.
  public struct NearMiss: Sendable, Hashable {
    /// The pass.
    public let pass: String
    /// The node's name.
    public let node: String
    /// Why not.
    public let reason: String
  }

  /// How often an operator occurs.
  public struct OperatorRow: Sendable, Hashable {
    /// The operator.
    public let kind: OperatorKind
    /// Its nodes before the passes ran.
    public let before: Int
    /// Its nodes afterwards.
    public let after: Int
  }

  /// The passes in the order of the pipeline.
  public internal(set) var lines: [Line]
  /// Why passes left the final graph alone where their operator occurs; only where asked for.
  public internal(set) var misses: [NearMiss] = []
  /// How often the whole list of passes was gone through.
  public internal(set) var rounds = 0
  /// Nodes of each operator before.
  public internal(set) var before: [OperatorKind: Int]
  /// Nodes of each operator after.
  public internal(set) var after: [OperatorKind: Int]

  init(passes: [any Pass], graph: Graph) {
    lines = passes.map { Line(pass: $0.name, patches: 0) }
    before = Self.count(graph)
    after = before
  }

  /// Nodes of each operator.
  static func count(_ graph: Graph) -> [OperatorKind: Int] {
    graph.nodes.reduce(into: [:]) { $0[$1.op.kind, default: 0] += 1 }
  }

  /// How many patches were applied in all.
  public var patchCount: Int { lines.reduce(0) { $0 + $1.patches } }

  /// The operators before or after, by name.
  public var operators: [OperatorRow] {
    Set(before.keys).union(after.keys).map {
      OperatorRow(kind: $0, before: before[$0] ?? 0, after: after[$0] ?? 0)
    }.sorted { $0.kind.description < $1.kind.description }
  }

  /// The number of nodes before and after.
  public var nodeCounts: (before: Int, after: Int) {
    (before.values.reduce(0, +), after.values.reduce(0, +))
  }
}

extension PassReport: CustomStringConvertible {
  /// A table of the operators before and after, the changed ones marked, and the passes that did something.
  public var description: String {
    let rows =
      operators.map { ($0.kind.description, $0.before, $0.after) }
      + [("all", nodeCounts.before, nodeCounts.after)]
    let width = rows.map(\.0.count).max() ?? 0
    var text = Self.row("operator", "before", "after", "", width: width)
    for (name, before, after) in rows {
      text += Self.row(name, "\(before)", "\(after)", before == after ? "" : " *", width: width)
    }
    for line in lines where line.patches > 0 { text += "\(line.pass): \(line.patches)\n" }
    return text
  }

  private static func row(
    _ name: String, _ before: String, _ after: String, _ mark: String, width: Int
  ) -> String {
    func pad(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
    return name + pad(width - name.count) + pad(8 - before.count) + before
      + pad(8 - after.count) + after + mark + "\n"
  }
}
