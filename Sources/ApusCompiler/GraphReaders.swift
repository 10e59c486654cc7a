import ApusGraph

/// Who reads each value of a graph.
struct GraphReaders {
  private let readers: [ValueID: [Int]]
  private let outputs: Set<ValueID>

  init(_ graph: Graph) {
    var readers: [ValueID: [Int]] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for case .some(let id) in node.inputs { readers[id, default: []].append(index) }
    }
    self.readers = readers
    outputs = Set(graph.outputs)
  }

  /// Whether somebody outside asks for a value.
  func isOutput(_ id: ValueID) -> Bool { outputs.contains(id) }

  /// The nodes that read a value, once per input.
  func nodes(of id: ValueID) -> [Int] { readers[id] ?? [] }

  /// The only reader of a value that nobody outside asks for.
  func onlyReader(of id: ValueID) -> Int? {
    guard !outputs.contains(id), let found = readers[id], found.count == 1 else { return nil }
    return found[0]
  }
}
