/// How often each value of a graph is read, to find what a patch makes superfluous without looking at the
/// whole graph.
struct ReaderCounts {
  private let counts: [ValueID: Int]
  private let producers: [ValueID: Int]

  /// Counts the readers of every value: nodes by their inputs, and callers.
  init(_ graph: Graph) {
    var counts: [ValueID: Int] = [:]
    var producers: [ValueID: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for case .some(let id) in node.inputs { counts[id, default: 0] += 1 }
      for id in node.outputs { producers[id] = index }
    }
    for id in graph.outputs { counts[id, default: 0] += 1 }
    self.counts = counts
    self.producers = producers
  }

  /// The place of the node that makes a value.
  func producer(of id: ValueID) -> Int? { producers[id] }

  /// The sources of every node that the patch makes superfluous, and its passes, with this pass at the end.
  ///
  /// Where none goes (a node is only put in between), the sources of the values that are replaced.
  func provenance(of patch: Patch, in graph: Graph) -> Provenance {
    var going = superfluousNodes(of: patch, in: graph)
    if going.isEmpty { going = patch.replacements.compactMap { producers[$0.old] } }
    var result = Provenance()
    for index in Set(going).sorted() {
      let provenance = graph.nodes[index].provenance
      for source in provenance.sources where !result.sources.contains(source) {
        result.sources.append(source)
      }
      for pass in provenance.passes where !result.passes.contains(pass) {
        result.passes.append(pass)
      }
    }
    if !result.passes.contains(patch.pass) { result.passes.append(patch.pass) }
    return result
  }

  private func superfluousNodes(of patch: Patch, in graph: Graph) -> [Int] {
    var left: [ValueID: Int] = [:]
    for node in patch.nodes {
      for case .some(let id) in node.inputs { left[id, default: counts[id] ?? 0] += 1 }
    }
    var going: Set<Int> = []
    var stack: [Int] = []
    func consider(_ id: ValueID) {
      guard let index = producers[id], !going.contains(index) else { return }
      let outputs = graph.nodes[index].outputs
      guard outputs.allSatisfy({ left[$0, default: counts[$0] ?? 0] == 0 }) else { return }
      going.insert(index)
      stack.append(index)
    }
    for (old, new) in patch.replacements {
      // Readers of the old value go over to the new one; the patch's own nodes still read the old one.
      let moved = counts[old] ?? 0
      left[old, default: moved] -= moved
      left[new, default: counts[new] ?? 0] += moved
    }
    for (old, _) in patch.replacements { consider(old) }
    while let index = stack.popLast() {
      for case .some(let id) in graph.nodes[index].inputs {
        left[id, default: counts[id] ?? 0] -= 1
        consider(id)
      }
    }
    return Array(going)
  }
}
