import ApusTensor

extension Graph {
  /// Carries out a patch: checks that what replaces a value has the same type and shape, records the
  /// provenance, keeps the order of nodes, and removes what nothing reads any more.
  ///
  /// On an error the graph is as it was.
  public mutating func apply(_ patch: Patch) throws(GraphError) { try apply([patch]) }

  /// Carries out several patches that were all proposed for this graph, at the cost of one.
  ///
  /// New nodes read the values the patch names even where another patch replaces them; so patches that read
  /// or replace what another one replaces should not be applied together. On an error the graph is as it was.
  public mutating func apply(_ patches: [Patch]) throws(GraphError) {
    var draft = self
    try draft.carryOut(patches)
    self = draft
  }

  private mutating func carryOut(_ patches: [Patch]) throws(GraphError) {
    let readerCounts = ReaderCounts(self)
    var readers: [ValueID: ValueID] = [:]
    var order = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1.id, $0) })
    let firstNew = nodes.count
    for patch in patches {
      let origin = readerCounts.provenance(of: patch, in: self)
      let place = patch.replacements.compactMap { readerCounts.producer(of: $0.old) }.max()
      let start = nodes.count
      let final = try addNodes(of: patch, provenance: origin)
      for node in nodes[start...] { order[node.id] = place ?? firstNew }
      for (old, new) in patch.replacements {
        let new = final[new] ?? new
        try check(old, new, patch.pass)
        guard readers.updateValue(new, forKey: old) == nil else {
          throw GraphError(
            .patch, value: self[old].name, "pass '\(patch.pass)' replaces it a second time")
        }
      }
      if let newOutputs = patch.newOutputs {
        outputs = newOutputs.map { final[$0] ?? $0 }
        guard outputs.allSatisfy({ values[$0] != nil }) else {
          throw GraphError(.patch, "pass '\(patch.pass)' gives out a value that does not exist")
        }
      }
    }
    let rewired = redirect(nodes[..<firstNew].indices, to: readers)
    let oldOutputs = outputs.map { ($0, self[$0].name) }
    outputs = outputs.map { readers[$0] ?? $0 }
    try sortNodes(by: order)
    removeDeadNodes()
    keepNames(of: oldOutputs, replacedBy: readers)
    try restateFacts(of: rewired)
  }

  /// Adds a patch's constants and nodes; returns what its own identities became.
  private mutating func addNodes(
    of patch: Patch, provenance: Provenance
  ) throws(GraphError) -> [ValueID: ValueID] {
    var final: [ValueID: ValueID] = [:]
    for (id, tensor, name) in patch.constants { final[id] = addConstant(tensor, name: name) }
    for node in patch.nodes {
      let inputs = node.inputs.map { $0.map { final[$0] ?? $0 } }
      guard inputs.allSatisfy({ $0.map { values[$0] != nil } ?? true }) else {
        throw GraphError(
          .patch, node: node.name, op: node.op.kind,
          "pass '\(patch.pass)' has it read a value that does not exist")
      }
      let outputs = try append(
        node.op, inputs, name: node.name,
        outputNames: node.outputs.indices.map { $0 == 0 ? node.name : "\(node.name).\($0)" },
        provenance: provenance)
      for (id, output) in zip(node.outputs, outputs) { final[id] = output }
    }
    return final
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

  /// Lets the nodes at the given places read the new values; returns the ones that changed.
  private mutating func redirect(
    _ places: Range<Int>, to readers: [ValueID: ValueID]
  ) -> Set<NodeID> {
    var rewired: Set<NodeID> = []
    for index in places {
      guard nodes[index].inputs.contains(where: { $0.map { readers[$0] != nil } ?? false }) else {
        continue
      }
      nodes[index].inputs = nodes[index].inputs.map { $0.map { readers[$0] ?? $0 } }
      rewired.insert(nodes[index].id)
    }
    return rewired
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

  /// Brings the nodes into an order in which each comes after those it reads from.
  ///
  /// New nodes stand where the ones they replace stood, wherever that order will do.
  private mutating func sortNodes(by order: [NodeID: Int]) throws(GraphError) {
    let wanted = nodes.enumerated().map { (order[$1.id] ?? .max, $0) }.sorted { $0 < $1 }
    nodes = wanted.map { nodes[$0.1] }
    var place: [NodeID: Int] = [:]
    for (index, node) in nodes.enumerated() { place[node.id] = index }
    var waiting = [Int](repeating: 0, count: nodes.count)
    var readers = [[Int]](repeating: [], count: nodes.count)
    var isSorted = true
    for (index, node) in nodes.enumerated() {
      for case .some(let id) in node.inputs {
        guard case .node(let producer, _) = values[id]?.origin, let source = place[producer] else {
          continue
        }
        readers[source].append(index)
        waiting[index] += 1
        if source >= index { isSorted = false }
      }
    }
    if isSorted { return }
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
