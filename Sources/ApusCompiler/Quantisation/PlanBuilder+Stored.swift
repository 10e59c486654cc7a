import ApusGraph
import ApusOperators
import ApusPlan
import ApusTensor

extension PlanBuilder {
  /// The stored value that takes in what a node makes, where QuantizeLinear alone reads it.
  func storedResult(of id: ValueID) -> ValueID? {
    guard let reader = readers.onlyReader(of: id), graph.nodes[reader].op is QuantizeLinear,
      let stored = quantised.quantised[id], graph.nodes[reader].outputs[0] == stored,
      graph[id].fact.fixedShape?.rank == 4
    else { return nil }
    return stored
  }

  /// A sum of stored values, of which a convolution makes one side.
  struct StoredSum {
    /// The side that the convolution makes.
    let value: ValueID
    /// The other side, which is there already.
    let addend: FeatureMap
    /// What the sum is stored as.
    let result: ValueID
    /// The node that adds.
    let node: Node
  }

  /// The sum that alone needs what a convolution stores; nil where there is none, or where it must wait for
  /// its other side.
  func residualSum(behind root: ValueID) -> StoredSum? {
    guard let needed = quantised.needed[root], needed.count == 1, let value = needed.first,
      readers.isRead(value, once: graph, quantised),
      let dequantise = readers.nodes(of: value).first,
      let reader = readers.onlyReader(of: graph.nodes[dequantise].outputs[0])
    else { return nil }
    let node = graph.nodes[reader]
    let sides = node.inputs.compactMap { $0 }
    guard node.op is any ResidualSum, sides.count == 2,
      let other = sides.first(where: { quantised.stored[$0] != value }),
      let addend = quantisedMap(other), let result = storedResult(of: node.outputs[0]),
      graph.shape(other) == graph.shape(node.outputs[0]),
      graph.shape(value) == graph.shape(node.outputs[0])
    else { return nil }
    return StoredSum(value: value, addend: addend, result: result, node: node)
  }

  /// Has a stored value written, and with it what is a function of it.
  ///
  /// - Parameters:
  ///   - root: the value, which is a function of no other.
  ///   - tables: whether the step can pass its elements through a table.
  ///   - write: emits the step that writes maps, through a table where one is given. Without a table the maps
  ///     are on the grid of `root`.
  mutating func writeStored(
    _ root: ValueID, for site: Site, tables: Bool,
    _ write: (inout PlanBuilder, FeatureMap, [UInt8]?) -> Void
  ) {
    guard let grid = quantised.grids[root], let shape = graph[root].fact.fixedShape else {
      fatalError("a stored value has a grid and a shape")
    }
    written.insert(root)
    let needed = quantised.needed[root] ?? []
    if needed.count == 1, needed[0] == root || tables, let value = needed.first {
      let own = quantised.grids[value] ?? grid
      let table = quantised.derived[value]?.table
      let target = target(
        value, shape: shape, element: .uint8, grid: own, requantises: tables)
      write(&self, target.map, table.joined(with: target.table))
      return
    }
    let raw: FeatureMap
    if needed.contains(root) {
      raw = target(root, shape: shape, element: .uint8, grid: grid).map
    } else {
      raw = allocateMap(shape, element: .uint8, grid: grid, border: uses.border(root))
    }
    write(&self, raw, nil)
    for value in needed where value != root {
      guard let derived = quantised.derived[value], let own = quantised.grids[value] else {
        continue
      }
      let target = target(value, shape: shape, element: .uint8, grid: own, requantises: true)
      let place = self.table(Optional(derived.table).joined(with: target.table) ?? [])
      emit(
        .feature(.gather(FeatureGatherStep(table: place, source: raw, destination: target.map))),
        for: site)
    }
  }
}

extension [UInt8]? {
  /// One table after another; nil where both are left out.
  fileprivate func joined(with next: [UInt8]?) -> [UInt8]? {
    guard let self else { return next }
    return next.map { next in self.map { next[Int($0)] } } ?? self
  }
}
