import ApusTensor

extension Graph {
  /// Carries out a patch: checks that what replaces a value has the same type and shape, records the
  /// provenance, keeps the order of nodes, and removes what nothing reads any more.
  ///
  /// On an error the graph is as it was.
  public mutating func apply(_ patch: Patch) throws(GraphError) {
    var draft = self
    try draft.carryOut(patch)
    self = draft
  }

  private mutating func carryOut(_ patch: Patch) throws(GraphError) {
    var final: [ValueID: ValueID] = [:]
    for (id, tensor, name) in patch.constants { final[id] = addConstant(tensor, name: name) }
    let firstNew = nodes.count
    let origin = provenance(of: patch)
    for node in patch.nodes {
      let outputs = try append(
        node.op, node.inputs.map { $0.map { final[$0] ?? $0 } }, name: node.name,
        outputNames: node.outputs.indices.map { $0 == 0 ? node.name : "\(node.name).\($0)" },
        provenance: origin)
      for (id, output) in zip(node.outputs, outputs) { final[id] = output }
    }
    var readers: [ValueID: ValueID] = [:]
    for (old, new) in patch.replacements {
      let new = final[new] ?? new
      try check(old, new, patch.pass)
      readers[old] = new
    }
    let isNew = Set(nodes[firstNew...].map(\.id))
    for index in nodes.indices where !isNew.contains(nodes[index].id) {
      nodes[index].inputs = nodes[index].inputs.map { $0.map { readers[$0] ?? $0 } }
    }
    let oldOutputs = outputs.map { ($0, self[$0].name) }
    outputs = (patch.newOutputs ?? outputs).map { readers[final[$0] ?? $0] ?? final[$0] ?? $0 }
    try sortNodes()
    removeDeadNodes()
    keepNames(of: oldOutputs, replacedBy: readers)
    try restateFacts()
  }

  private func check(_ old: ValueID, _ new: ValueID, _ pass: String) throws(GraphError) {
    guard let before = values[old], let after = values[new] else {
      throw GraphError(.patch, "pass '\(pass)' replaces a value that does not exist")
    }
    if before.fact.contradicts(after.fact) {
      throw GraphError(
        .patch, value: before.name,
        "pass '\(pass)' replaces \(before.fact) by \(after.fact)")
    }
  }

  /// The sources of every node that goes, and its passes, with this pass at the end.
  private func provenance(of patch: Patch) -> Provenance {
    var copy = self
    let replaced = Set(patch.replacements.map(\.old))
    copy.outputs = outputs.filter { !replaced.contains($0) }
    for index in copy.nodes.indices {
      copy.nodes[index].inputs = copy.nodes[index].inputs.map {
        $0.flatMap { replaced.contains($0) ? nil : $0 }
      }
    }
    let live = copy.liveNodes()
    var result = Provenance()
    for node in nodes where !live.contains(node.id) {
      for source in node.provenance.sources where !result.sources.contains(source) {
        result.sources.append(source)
      }
      for pass in node.provenance.passes where !result.passes.contains(pass) {
        result.passes.append(pass)
      }
    }
    if !result.passes.contains(patch.pass) { result.passes.append(patch.pass) }
    return result
  }

  private func liveNodes() -> Set<NodeID> {
    var live: Set<NodeID> = []
    var needed = Set(outputs)
    for node in nodes.reversed() where node.outputs.contains(where: needed.contains) {
      live.insert(node.id)
      needed.formUnion(node.inputs.compactMap { $0 })
    }
    return live
  }

  /// Removes nodes and constants that no output depends on; returns how many nodes.
  @discardableResult
  public mutating func removeDeadNodes() -> Int {
    let live = liveNodes()
    let dead = nodes.filter { !live.contains($0.id) }
    nodes.removeAll { !live.contains($0.id) }
    var used = Set(outputs).union(inputs)
    for node in nodes {
      used.formUnion(node.inputs.compactMap { $0 })
      used.formUnion(node.outputs)
    }
    for id in values.keys.filter({ !used.contains($0) }) {
      if let value = values.removeValue(forKey: id) { names.remove(value.name) }
    }
    for node in dead { nodeNames.remove(node.name) }
    return dead.count
  }

  /// A caller finds an output by its name, so what replaces one takes the name over.
  private mutating func keepNames(
    of old: [(id: ValueID, name: String)], replacedBy readers: [ValueID: ValueID]
  ) {
    let ids = Set(old.map(\.id))
    for (id, name) in old {
      guard let new = readers[id], outputs.contains(new), !inputs.contains(new), !ids.contains(new)
      else { continue }
      if values[id] != nil { rename(id, to: "\(name).replaced") }
      rename(new, to: name)
    }
  }

  /// Brings the nodes into an order in which each comes after those it reads from, changing the given order
  /// as little as that allows.
  private mutating func sortNodes() throws(GraphError) {
    var place: [NodeID: Int] = [:]
    for (index, node) in nodes.enumerated() { place[node.id] = index }
    var waiting = [Int](repeating: 0, count: nodes.count)
    var readers = [[Int]](repeating: [], count: nodes.count)
    for (index, node) in nodes.enumerated() {
      for case .some(let id) in node.inputs {
        guard case .node(let producer, _) = values[id]?.origin, let source = place[producer] else {
          continue
        }
        readers[source].append(index)
        waiting[index] += 1
      }
    }
    var sorted: [Node] = []
    var done = [Bool](repeating: false, count: nodes.count)
    // Depth first from every node that is ready, in the order of the list.
    for start in nodes.indices where waiting[start] == 0 && !done[start] {
      var stack = [start]
      while let index = stack.popLast() {
        done[index] = true
        sorted.append(nodes[index])
        for reader in readers[index].reversed() {
          waiting[reader] -= 1
          if waiting[reader] == 0 { stack.append(reader) }
        }
      }
    }
    guard sorted.count == nodes.count else {
      let stuck = nodes.indices.filter { !done[$0] }.prefix(5).map { "'\(nodes[$0].name)'" }
      throw GraphError(.cycle, "nodes depend on one another: \(stuck.joined(separator: ", "))")
    }
    nodes = sorted
  }
}
