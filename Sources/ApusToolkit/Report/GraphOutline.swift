import ApusGraph

/// The nodes of a graph in nested blocks, for a person.
///
/// Blocks are told from names: of the nodes (`model.4.m.0.cv1.conv`, `/model.4/m/m.0/cv1/conv/Conv`), or else
/// of the weights they read; without either, chains of nodes between forks and joins are the blocks.
package struct GraphOutline: Sendable {
  /// A part of a block.
  package enum Item: Sendable {
    /// A node, by its place in the graph.
    case node(Int)
    /// A block of its own.
    case block(Block)

    var first: Int {
      switch self {
      case .node(let place): place
      case .block(let block): block.first
      }
    }
  }

  /// Nodes that belong together.
  package struct Block: Sendable {
    /// The dotted path, or the names of the first and the last thing in it.
    package var name: String {
      ends.first == ends.last ? ends.first : "\(ends.first) … \(ends.last)"
    }
    private let ends: (first: String, last: String)
    /// What it is made of, in the order of the graph.
    package let items: [Item]
    /// The places of all its nodes, in order.
    package let nodes: [Int]

    init(_ name: String, _ items: [Item]) { self.init((name, name), items) }

    /// All of several blocks or nodes, called after the first and the last.
    init(joining blocks: [Block]) {
      // A block of one node is that node.
      let items = blocks.flatMap { $0.nodes.count == 1 ? $0.items : [.block($0)] }
      self.init((blocks.first?.ends.first ?? "", blocks.last?.ends.last ?? ""), items)
    }

    private init(_ ends: (first: String, last: String), _ items: [Item]) {
      self.ends = ends
      self.items = items.sorted { $0.first < $1.first }
      nodes = items.flatMap { item in
        switch item {
        case .node(let place): [place]
        case .block(let block): block.nodes
        }
      }.sorted()
    }

    /// The place of the first node.
    var first: Int { nodes.first ?? 0 }

    var blocks: [Block] {
      items.compactMap { if case .block(let block) = $0 { block } else { nil } }
    }
  }

  /// The blocks, in the order of the graph: first those of the network, then those that only decode what the
  /// proposed heads give, then one of all nodes that no output depends on.
  package let blocks: [Block]
  /// The places of the blocks that only decode.
  package let decoding: Range<Int>

  /// The blocks that some output depends on.
  package var drawnBlocks: ArraySlice<Block> { blocks[..<decoding.upperBound] }
  /// What the blocks were told from, in words.
  package let origin: String

  /// Blocks of at least this number are wanted in a drawing, where names go deep enough.
  private static let fewest = 12
  /// Naming deeper blocks must not make more of them than this.
  private static let most = 40
  /// Of more blocks than this, chains are drawn as one.
  private static let manyBlocks = 60
  /// Of more blocks than this, even neighbours that are no chain are drawn as one.
  private static let tooManyBlocks = 150

  /// Arranges the nodes of a graph; what none of the heads depends on makes blocks of its own.
  init(_ figures: GraphFigures, heads: [ValueID]) {
    let all = figures.graph.nodes.indices
    let used = figures.ancestors(of: figures.graph.outputs)
    let kept = heads.isEmpty ? used : figures.ancestors(of: heads)
    let (paths, origin) = NodePaths.paths(in: figures)
    self.origin = origin
    func told(_ nodes: [Int], fewest: Int) -> [Block] {
      nodes.isEmpty ? [] : Self.blocks(of: nodes, paths: paths, in: figures, fewest: fewest)
    }
    let network = told(all.filter(kept.contains), fewest: Self.fewest)
    let decoding = told(all.filter { used.contains($0) && !kept.contains($0) }, fewest: 1)
    let unread = all.filter { !used.contains($0) && !kept.contains($0) }
    let names = Set(network.map(\.name))
    blocks =
      network
      + decoding.map { names.contains($0.name) ? Block("\($0.name) decoding", $0.items) : $0 }
      + (unread.isEmpty ? [] : [Block("read by nothing", unread.map(Item.node))])
    self.decoding = network.count..<(network.count + decoding.count)
  }

  private static func blocks(
    of nodes: [Int], paths: [[String]], in figures: GraphFigures, fewest: Int
  ) -> [Block] {
    let items = tree(nodes.map { (paths[$0][...], $0) }, below: [])
    var blocks = separated(items, in: figures)
    var isWhole: Set<Int> = []
    while blocks.count < fewest || blocks.count == 1 {
      let candidates = blocks.indices.filter {
        !isWhole.contains(blocks[$0].first)
          && (!blocks[$0].blocks.isEmpty || (blocks.count == 1 && blocks[$0].nodes.count > 1))
      }
      guard let place = candidates.max(by: { blocks[$0].nodes.count < blocks[$1].nodes.count })
      else { break }
      let parts = separated(blocks[place].items, in: figures)
      if fewest == 1 || (blocks.count > 1 && blocks.count - 1 + parts.count > most) {
        isWhole.insert(blocks[place].first)
      } else {
        blocks.replaceSubrange(place...place, with: parts)
        if parts.count == 1, parts[0].blocks.isEmpty { isWhole.insert(parts[0].first) }
      }
    }
    blocks.sort { $0.first < $1.first }
    if blocks.count > manyBlocks { blocks = joiningChains(blocks, in: figures) }
    if blocks.count > tooManyBlocks { blocks = joiningNeighbours(blocks) }
    return blocks
  }

  /// Nodes under the paths they have, as nested blocks; a block of one thing is that thing.
  private static func tree(
    _ nodes: [(path: ArraySlice<String>, node: Int)], below prefix: [String]
  ) -> [Item] {
    var order: [String] = []
    var inner: [String: [(path: ArraySlice<String>, node: Int)]] = [:]
    var items: [Item] = []
    for (path, node) in nodes {
      guard let name = path.first else {
        items.append(.node(node))
        continue
      }
      if inner[name] == nil { order.append(name) }
      inner[name, default: []].append((path.dropFirst(), node))
    }
    for name in order {
      let whole = prefix + [name]
      let parts = tree(inner[name] ?? [], below: whole)
      var isOneNode = false
      if parts.count == 1, case .node = parts[0] { isOneNode = true }
      // An outermost block stays one, whatever is in it.
      items +=
        parts.count > 1 || (isOneNode && prefix.isEmpty)
        ? [.block(Block(whole.joined(separator: "."), parts))] : parts
    }
    return items
  }

  /// Blocks as they are, and the nodes between them in chains.
  private static func separated(_ items: [Item], in figures: GraphFigures) -> [Block] {
    var nodes: [Int] = []
    var blocks: [Block] = []
    for item in items {
      switch item {
      case .node(let place): nodes.append(place)
      case .block(let block): blocks.append(block)
      }
    }
    blocks += chains(of: nodes, in: figures).map { chain in
      Block(joining: chain.map { Block(figures.graph.nodes[$0].name, [.node($0)]) })
    }
    return blocks.sorted { $0.first < $1.first }
  }

  /// Nodes in groups that one path leads through: a node stands with the only group it reads from, unless
  /// others than elementwise operators read the same value.
  private static func chains(of nodes: [Int], in figures: GraphFigures) -> [[Int]] {
    var chains: [[Int]] = []
    var chainOf: [Int: Int] = [:]
    for place in nodes {
      let node = figures.graph.nodes[place]
      // -1 stands for what lies outside, such as an input of the graph.
      let sources = Set(
        figures.flowing(into: place).map { figures.producers[$0].flatMap { chainOf[$0] } ?? -1 })
      let isOnlyReader = figures.flowing(into: place).allSatisfy {
        (figures.readers[$0] ?? []).count == 1
      }
      if let chain = sources.first, sources.count == 1, chain >= 0,
        isOnlyReader || node.op is any Elementwise
      {
        chains[chain].append(place)
        chainOf[place] = chain
      } else {
        chainOf[place] = chains.count
        chains.append([place])
      }
    }
    return chains
  }

  /// Blocks that one path leads through, as one block each.
  private static func joiningChains(_ blocks: [Block], in figures: GraphFigures) -> [Block] {
    var blockOf: [Int: Int] = [:]
    for (index, block) in blocks.enumerated() {
      for node in block.nodes { blockOf[node] = index }
    }
    var sources = [Set<Int>](repeating: [], count: blocks.count)
    var targets = sources
    for (index, block) in blocks.enumerated() {
      for node in block.nodes {
        for value in figures.flowing(into: node) {
          // -1 stands for what lies outside.
          let source = figures.producers[value].map { blockOf[$0] ?? -1 } ?? -1
          if source == index { continue }
          sources[index].insert(source)
          if source >= 0 { targets[source].insert(index) }
        }
      }
    }
    var groups: [[Int]] = []
    var groupOf: [Int: Int] = [:]
    for index in blocks.indices {
      if sources[index].count == 1, let source = sources[index].first, source >= 0,
        targets[source].count == 1, let group = groupOf[source], groups[group].last == source
      {
        groups[group].append(index)
        groupOf[index] = group
      } else {
        groupOf[index] = groups.count
        groups.append([index])
      }
    }
    return groups.map { group in joined(group.map { blocks[$0] }) }
  }

  /// Neighbours in the order of the graph, equally many in each block.
  private static func joiningNeighbours(_ blocks: [Block]) -> [Block] {
    let size = (blocks.count + manyBlocks - 1) / manyBlocks
    return stride(from: 0, to: blocks.count, by: size).map { start in
      joined(Array(blocks[start..<min(start + size, blocks.count)]))
    }
  }

  private static func joined(_ blocks: [Block]) -> Block {
    blocks.count == 1 ? blocks[0] : Block(joining: blocks)
  }
}
