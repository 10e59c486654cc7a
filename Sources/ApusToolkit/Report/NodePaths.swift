import ApusGraph
import ApusTensor

/// Which module of the original program every node belongs to, as far as names tell.
enum NodePaths {
  /// Deeper paths are no modules: a file may hold a name of a million dots.
  private static let deepest = 10

  /// The path of every node, empty where it has none, and what they were told from.
  static func paths(in figures: GraphFigures) -> (paths: [[String]], origin: String) {
    let nodes = figures.graph.nodes
    let named = nodes.map { components(of: $0.name).dropLast() }.map(Array.init)
    let computing = nodes.indices.filter { !figures.flowing(into: $0).isEmpty }
    if computing.filter({ !named[$0].isEmpty }).count * 2 > computing.count {
      return (givenToConstants(named, in: figures), "told from the names of the nodes")
    }
    let weighted = nodes.map { node -> [String]? in
      let weights = node.inputs.compactMap { $0 }.map { figures.graph[$0] }
        .filter { ($0.constant?.shape.rank ?? 0) > 1 }
      return weights.first.map { Array(components(of: $0.name).dropLast()) }
    }
    let weights = weighted.compactMap { $0 }
    guard weights.filter({ !$0.isEmpty }).count * 2 > weights.count else {
      let none = [[String]](repeating: [], count: nodes.count)
      return (none, "chains of nodes between forks and joins, since names tell no blocks")
    }
    var paths: [[String]] = []
    for place in nodes.indices {
      let read = figures.sources(of: place).map { paths[$0] }
      paths.append(weighted[place] ?? read.dropFirst().reduce(read.first ?? [], common))
    }
    return (
      givenToConstants(paths, in: figures),
      "told from the names of the weights; nodes without weights stand with the nodes they read"
    )
  }

  /// Paths in which nodes that compute constants stand with the first node that reads them, where they have no
  /// path of their own.
  private static func givenToConstants(_ paths: [[String]], in figures: GraphFigures) -> [[String]]
  {
    var paths = paths
    for place in figures.graph.nodes.indices.reversed() where paths[place].isEmpty {
      let outputs = figures.graph.nodes[place].outputs
      guard outputs.allSatisfy(figures.isConstant),
        let reader = outputs.compactMap({ figures.readers[$0]?.first }).min()
      else { continue }
      paths[place] = paths[reader]
    }
    return paths
  }

  private static func common(_ a: [String], _ b: [String]) -> [String] {
    zip(a, b).prefix { $0 == $1 }.map(\.0)
  }

  /// `/model.4/m/m.0/cv1/conv/Conv` is `model.4`, `m.0`, `cv1`, `conv`, `Conv`: a number belongs to the name
  /// before it, and PyTorch's exporter names a container again with each of its parts.
  static func components(of name: String) -> [String] {
    let scopes = name.split(separator: "/", maxSplits: 4 * deepest)
    let distinct = scopes.indices.filter { place in
      place + 1 >= scopes.count || !scopes[place + 1].hasPrefix("\(scopes[place]).")
    }.map { scopes[$0] }
    var result: [String] = []
    for part in distinct.flatMap({ $0.split(separator: ".", maxSplits: 2 * deepest) }) {
      if let last = result.last, Int(part) != nil, !last.contains(".") {
        result[result.count - 1] += ".\(part)"
      } else if result.count < deepest {
        result.append(String(part))
      }
    }
    return result
  }
}
