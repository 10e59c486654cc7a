/// Values that a node reads without listing them as inputs: those its subgraphs take from outside.
///
/// They become further inputs of the kept operator, so that its order and its needs stay true; the
/// attribute below remembers under which names the subgraphs know them.
enum SubgraphCaptures {
  /// Names, in the order of the inputs added at the end; no attribute of a file is called so.
  static let attribute = "apus.captures"

  /// The names a node's subgraphs read but do not make, in order, each once.
  static func names(of node: ONNXNodeProto) -> [String] {
    var found: [String] = []
    for attribute in node.attribute {
      if attribute.hasG { collect(attribute.g, outer: [], into: &found) }
      for graph in attribute.graphs { collect(graph, outer: [], into: &found) }
    }
    return found
  }

  private static func collect(
    _ graph: ONNXGraphProto, outer: Set<String>, into found: inout [String]
  ) {
    var inner = outer.union(graph.input.map(\.name)).union(graph.initializer.map(\.name))
    for node in graph.node { inner.formUnion(node.output) }
    func take(_ name: String) {
      if !name.isEmpty, !inner.contains(name), !found.contains(name) { found.append(name) }
    }
    for node in graph.node {
      node.input.forEach(take)
      for attribute in node.attribute {
        if attribute.hasG { collect(attribute.g, outer: inner, into: &found) }
        for graph in attribute.graphs { collect(graph, outer: inner, into: &found) }
      }
    }
    graph.output.map(\.name).forEach(take)
  }

  /// Gives captured values other names inside the subgraphs of an attribute.
  static func rename(_ names: [String: String], in attribute: inout ONNXAttributeProto) {
    if attribute.hasG { rename(names, in: &attribute.g) }
    for index in attribute.graphs.indices { rename(names, in: &attribute.graphs[index]) }
  }

  private static func rename(_ names: [String: String], in graph: inout ONNXGraphProto) {
    var names = names
    for name in graph.input.map(\.name) + graph.initializer.map(\.name) { names[name] = nil }
    for node in graph.node { for name in node.output { names[name] = nil } }
    for index in graph.node.indices {
      graph.node[index].input = graph.node[index].input.map { names[$0] ?? $0 }
      for place in graph.node[index].attribute.indices {
        rename(names, in: &graph.node[index].attribute[place])
      }
    }
    for index in graph.output.indices {
      if let name = names[graph.output[index].name] { graph.output[index].name = name }
    }
  }
}
