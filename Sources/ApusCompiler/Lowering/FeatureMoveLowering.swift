import ApusGraph
import ApusOperators
import ApusPlan
import ApusTensor

/// Concat of channels: most inputs are in their place already.
enum FeatureJointLowering: LoweringRule {
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    guard let op = site.node.op as? Concat, let shape = plan.graph.shape(site.node.outputs[0]),
      shape.rank == 4, shape.count > 0, op.axis == 1 || op.axis == -3
    else { return false }
    let inputs = site.node.inputs.compactMap { $0 }
    let output = site.node.outputs[0]
    if inputs.allSatisfy({ plan.quantisedMap($0) != nil }),
      let stored = plan.storedResult(of: output), let joint = plan.joint(stored, element: .uint8)
    {
      plan.fill(joint, with: inputs, for: site) { plan, id in
        (plan.quantised.behind(id), plan.quantisedMap(id))
      }
      if plan.quantised.needed[stored] == [stored] {
        plan.hold(stored, as: joint)
        plan.written.insert(stored)
      } else {
        plan.writeStored(stored, for: site, tables: true) { plan, map, table in
          let step = FeatureGatherStep(
            table: table.map { plan.table($0) }, source: joint, destination: map)
          plan.emit(.feature(.gather(step)), for: site)
        }
      }
      return true
    }
    guard inputs.allSatisfy({ plan.isFloats($0) && (plan.graph.shape($0)?.count ?? 0) > 0 }),
      plan.joints[output] != nil || inputs.contains(where: { plan.map($0) != nil }),
      let joint = plan.joint(output, element: plan.element)
    else { return false }
    plan.fill(joint, with: inputs, for: site) { plan, id in
      (id, plan.feature(id, element: plan.element))
    }
    plan.hold(output, as: joint)
    return true
  }
}

extension PlanBuilder {
  /// Copies what is not in its place into a joint.
  fileprivate mutating func fill(
    _ joint: FeatureMap, with inputs: [ValueID], for site: Site,
    _ part: (inout PlanBuilder, ValueID) -> (ValueID?, FeatureMap?)
  ) {
    var channel = 0
    for id in inputs {
      let (held, map) = part(&self, id)
      guard let map, let held else { fatalError("an input of a joint is a map") }
      let target = joint.channels(channel..<channel + map.channels)
      channel += map.channels
      if placed.contains(held), map.place == target.place, map.base == target.base { continue }
      let table = map.element == .uint8 ? map.grid.table(to: target.grid) : nil
      let step = FeatureGatherStep(
        table: table.map { self.table($0) }, source: map, destination: target)
      emit(.feature(.gather(step)), for: site)
    }
  }
}

/// Split and Slice of channels: other names for some channels of the same maps.
enum FeatureSplitLowering: LoweringRule {
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    let node = site.node
    guard let input = site.input(0), let shape = plan.graph.shape(input), shape.rank == 4 else {
      return false
    }
    let isStored = plan.quantisedMap(input) != nil
    guard let source = plan.quantisedMap(input) ?? plan.map(input) else { return false }
    var parts: [(ValueID, Range<Int>)] = []
    if let op = node.op as? Split, op.axis == 1 || op.axis == -3 {
      var start = 0
      for output in node.outputs {
        guard let piece = plan.graph.shape(output), piece.count > 0 else { return false }
        parts.append((output, start..<start + piece[1]))
        start += piece[1]
      }
    } else if node.op is Slice, let range = channels(of: site, shape, plan) {
      parts.append((node.outputs[0], range))
    } else {
      return false
    }
    if !isStored {
      for (output, range) in parts { plan.hold(output, as: source.channels(range)) }
      return true
    }
    // Stored parts are the same elements where the grid is the same.
    let stored = parts.map { plan.storedResult(of: $0.0) }
    guard stored.allSatisfy({ $0 != nil }) else { return false }
    for (value, part) in zip(stored, parts) {
      guard let value else { continue }
      let map = source.channels(part.1)
      if plan.quantised.grids[value] == source.grid, plan.quantised.needed[value] == [value] {
        plan.hold(value, as: map)
        plan.written.insert(value)
        continue
      }
      let change = plan.quantised.grids[value].flatMap { source.grid.table(to: $0) }
      plan.writeStored(value, for: site, tables: true) { plan, target, table in
        let joined = change.map { change in
          table.map { table in change.map { table[Int($0)] } } ?? change
        }
        let bytes = (joined ?? table).map { plan.table($0) }
        let step = FeatureGatherStep(table: bytes, source: map, destination: target)
        plan.emit(.feature(.gather(step)), for: site)
      }
    }
    return true
  }

  /// The channels that a Slice takes, where it takes nothing else.
  private static func channels(
    of site: Site, _ shape: Shape, _ plan: PlanBuilder
  ) -> Range<Int>? {
    func list(_ index: Int) -> [Int]? {
      site.input(index).flatMap { plan.tensor($0) }?.integers.map { Int($0) }
    }
    guard let output = plan.graph.shape(site.node.outputs[0]), output.count > 0,
      let starts = list(1), starts.count == 1, let axes = list(3), axes == [1] || axes == [-3],
      site.input(4) == nil || list(4) == [1]
    else { return nil }
    let start = starts[0] < 0 ? max(0, starts[0] + shape[1]) : starts[0]
    return start + output[1] <= shape[1] ? start..<start + output[1] : nil
  }
}

/// Reshape to groups, Transpose of groups and channels, Reshape back: ShuffleNet's order of channels.
enum ChannelShuffleLowering: LoweringRule {
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    guard site.node.op is Reshape, let input = site.input(0),
      let source = plan.quantisedMap(input) ?? plan.map(input),
      let shape = plan.graph.shape(input), let inner = plan.graph.shape(site.node.outputs[0]),
      inner.rank == 5, inner[0] == shape[0], inner[1] * inner[2] == shape[1],
      inner.dimensions.suffix(2) == shape.dimensions.suffix(2),
      let transpose = plan.next(after: site.node.outputs[0]),
      let order = transpose.node.op as? Transpose, order.permutation == [0, 2, 1, 3, 4],
      let reshape = plan.next(after: transpose.node.outputs[0]), reshape.node.op is Reshape,
      plan.graph.shape(reshape.node.outputs[0]) == shape
    else { return false }
    let output = reshape.node.outputs[0]
    var joined = site
    joined.name = reshape.node.name
    joined.operators = "Channel shuffle"
    func step(_ map: FeatureMap) -> Operation {
      .feature(
        .shuffle(FeatureShuffleStep(groups: inner[1], source: source, destination: map)))
    }
    if source.element == .uint8 {
      guard let stored = plan.storedResult(of: output),
        plan.quantised.grids[stored] == source.grid
      else { return false }
      plan.writeStored(stored, for: joined, tables: false) { plan, map, _ in
        plan.emit(step(map), for: joined)
      }
    } else {
      let map = plan.target(output, shape: shape, element: source.element).map
      plan.emit(step(map), for: joined)
    }
    plan.taken.formUnion(
      [transpose.node.id, reshape.node.id] + transpose.stores + reshape.stores)
    return true
  }
}

extension PlanBuilder {
  /// The only node that reads a value, and those before it that only store the value: QuantizeLinear and
  /// DequantizeLinear.
  func next(after id: ValueID) -> (node: Node, stores: [NodeID])? {
    guard let reader = readers.onlyReader(of: id) else { return nil }
    let node = graph.nodes[reader]
    guard node.op is QuantizeLinear, quantised.grids[node.outputs[0]] != nil else {
      return (node, [])
    }
    guard let dequantise = readers.onlyReader(of: node.outputs[0]),
      let found = next(after: graph.nodes[dequantise].outputs[0])
    else { return nil }
    return (found.node, [node.id] + found.stores)
  }
}
