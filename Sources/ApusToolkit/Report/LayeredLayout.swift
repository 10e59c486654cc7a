/// Places of boxes in layers, and of the bends of the lines between them.
///
/// The method is Sugiyama's (Sugiyama, Tagawa and Toda 1981): layers by longest path, lines cut into pieces
/// from layer to layer, order within a layer by barycentres, then places along the layer that pull neighbours
/// under one another as far as the order allows.
struct LayeredLayout {
  /// A line from a box to another.
  struct Edge: Hashable {
    let from: Int
    let to: Int
  }

  /// The layer of every box, 0 at the top.
  private(set) var layerOf: [Int]
  /// The number of layers.
  private(set) var layerCount = 0
  /// The middle of every box.
  private(set) var places: [Double] = []
  /// Where every line crosses each layer from its upper end to its lower one, boxes included.
  private(set) var routes: [[(layer: Int, place: Double)]] = []
  /// How far everything reaches to the right.
  private(set) var width = 0.0

  /// The first layer of the boxes that are to stand below all others; nil where there are none.
  private(set) var firstLowerLayer: Int?

  private struct Cell {
    let half: Double
    var place = 0.0
    var above: [Int] = []
    var below: [Int] = []
    var isBend: Bool { half < 10 }
  }

  /// Lays boxes out.
  ///
  /// - Parameters:
  ///   - count: how many boxes there are, mostly ordered so that lines lead to later ones.
  ///   - lower: the boxes that stand below all others.
  ///   - boxWidth: how wide every box is.
  init(count: Int, edges: [Edge], lower: Set<Int>, boxWidth: Double) {
    layerOf = [Int](repeating: 0, count: count)
    rank(edges, lower)
    var cells = (0..<count).map { _ in Cell(half: boxWidth / 2) }
    var layers = [[Int]](repeating: [], count: layerCount)
    for box in 0..<count { layers[layerOf[box]].append(box) }
    var chains: [[Int]] = []
    for edge in edges {
      let (top, bottom) =
        layerOf[edge.from] <= layerOf[edge.to] ? (edge.from, edge.to) : (edge.to, edge.from)
      var chain = [top]
      if layerOf[top] < layerOf[bottom] {
        for layer in (layerOf[top] + 1)..<max(layerOf[bottom], layerOf[top] + 1) {
          layers[layer].append(cells.count)
          chain.append(cells.count)
          cells.append(Cell(half: 5))
        }
      }
      chain.append(bottom)
      for (upper, lower) in zip(chain, chain.dropFirst()) {
        cells[upper].below.append(lower)
        cells[lower].above.append(upper)
      }
      chains.append(chain)
    }
    Self.order(&layers, cells)
    Self.place(&cells, in: layers)
    let left = cells.map { $0.place - $0.half }.min() ?? 0
    for index in cells.indices { cells[index].place -= left }
    width = cells.map { $0.place + $0.half }.max() ?? 0
    places = cells.prefix(count).map(\.place)
    routes = chains.map { chain in
      let top = layerOf[chain[0]]
      return chain.enumerated().map { step, cell in
        (layer: min(top + step, layerOf[chain[chain.count - 1]]), place: cells[cell].place)
      }
    }
  }

  /// Layers by the longest path; lines that lead back to an earlier box do not count.
  private mutating func rank(_ edges: [Edge], _ lower: Set<Int>) {
    var into = [[Int]](repeating: [], count: layerOf.count)
    for edge in edges { into[max(edge.from, edge.to)].append(min(edge.from, edge.to)) }
    func raise(_ boxes: [Int], from first: Int) {
      for box in boxes {
        layerOf[box] = into[box].map { layerOf[$0] + 1 }.reduce(first, max)
      }
    }
    let upper = layerOf.indices.filter { !lower.contains($0) }
    raise(upper, from: 0)
    // What nothing leads into stands just above its first reader.
    for box in upper where into[box].isEmpty {
      let readers = edges.filter { $0.from == box && $0.to > box }.map { layerOf[$0.to] }
      if let nearest = readers.min() { layerOf[box] = max(nearest - 1, 0) }
    }
    let height = (upper.map { layerOf[$0] }.max() ?? -1) + 1
    raise(lower.sorted(), from: height)
    layerCount = (layerOf.max() ?? -1) + 1
    firstLowerLayer = lower.isEmpty ? nil : height
  }

  /// Orders each layer by the mean place of its neighbours, down and up again, and keeps the best order.
  private static func order(_ layers: inout [[Int]], _ cells: [Cell]) {
    var spot = [Double](repeating: 0, count: cells.count)
    func number(_ layer: [Int]) {
      for (index, cell) in layer.enumerated() { spot[cell] = Double(index) }
    }
    func crossings() -> Int {
      var count = 0
      for layer in layers {
        let lines = layer.flatMap { cell in cells[cell].below.map { (spot[cell], spot[$0]) } }
        for (index, a) in lines.enumerated() {
          for b in lines[(index + 1)...] where (a.0 - b.0) * (a.1 - b.1) < 0 { count += 1 }
        }
      }
      return count
    }
    layers.forEach(number)
    var best = (crossings(), layers)
    for sweep in 0..<12 where best.0 > 0 {
      let isDown = sweep % 2 == 0
      for index in isDown ? Array(layers.indices) : layers.indices.reversed() {
        let wanted = layers[index].map { cell -> (Double, Int) in
          let neighbours = isDown ? cells[cell].above : cells[cell].below
          guard !neighbours.isEmpty else { return (spot[cell], cell) }
          return (neighbours.map { spot[$0] }.reduce(0, +) / Double(neighbours.count), cell)
        }
        layers[index] = wanted.enumerated().sorted {
          ($0.element.0, $0.offset) < ($1.element.0, $1.offset)
        }.map(\.element.1)
        number(layers[index])
      }
      let count = crossings()
      if count < best.0 { best = (count, layers) }
    }
    layers = best.1
  }

  private static func place(_ cells: inout [Cell], in layers: [[Int]]) {
    let gap = 14.0
    for layer in layers {
      var edge = 0.0
      for cell in layer {
        cells[cell].place = edge + cells[cell].half
        edge += 2 * cells[cell].half + gap
      }
    }
    for sweep in 0..<64 {
      let isDown = sweep % 2 == 0
      for layer in isDown ? layers : layers.reversed() {
        let pulls = layer.map { pull(on: $0, cells, isDown: isDown, isMiddle: sweep >= 24) }
        let found = apart(
          pulls.map(\.place), pulls.map(\.weight), layer.map { cells[$0].half }, gap: gap)
        for (cell, place) in zip(layer, found) { cells[cell].place = place }
      }
    }
  }

  /// Where the neighbours of a cell want it, and how much: their mean, or the middle one of them, which leaves
  /// most lines straight.
  private static func pull(
    on cell: Int, _ cells: [Cell], isDown: Bool, isMiddle: Bool
  ) -> (place: Double, weight: Double) {
    let neighbours = cells[cell].above + cells[cell].below
    guard !neighbours.isEmpty else { return (cells[cell].place, 0.01) }
    let pulls = neighbours.map { other -> (place: Double, weight: Double) in
      // Long lines are kept straight before chains of boxes, and these before all others.
      let isChain =
        cells[cell].below == [other] && cells[other].above == [cell]
        || cells[cell].above == [other] && cells[other].below == [cell]
      let isLong = cells[cell].isBend && cells[other].isBend
      // The side a sweep comes from wins, or chains would never become straight.
      let isPrevious = (isDown ? cells[cell].above : cells[cell].below).contains(other)
      return (cells[other].place, (isLong ? 8 : isChain ? 4 : 1) + (isPrevious ? 0.01 : 0))
    }.sorted { $0.place < $1.place }
    let weight = pulls.map(\.weight).reduce(0, +)
    if !isMiddle {
      return (pulls.map { $0.place * $0.weight }.reduce(0, +) / weight, weight)
    }
    var sum = 0.0
    for (index, pull) in pulls.enumerated() {
      sum += pull.weight
      if sum > weight / 2 { return (pull.place, weight) }
      // Anywhere between the two middle ones is as good: it stays, or comes as near as it can.
      if sum == weight / 2, index + 1 < pulls.count {
        return (min(max(cells[cell].place, pull.place), pulls[index + 1].place), weight)
      }
    }
    return (cells[cell].place, weight)
  }

  /// The places nearest to the wanted ones, in their order and without overlap: least weighted squares by pooling
  /// adjacent violators.
  private static func apart(
    _ wanted: [Double], _ weights: [Double], _ halves: [Double], gap: Double
  ) -> [Double] {
    var offsets: [Double] = []
    for index in wanted.indices {
      let before = index == 0 ? 0 : offsets[index - 1] + halves[index - 1] + halves[index] + gap
      offsets.append(before)
    }
    var pools: [(mean: Double, weight: Double, count: Int)] = []
    for index in wanted.indices {
      pools.append((wanted[index] - offsets[index], weights[index], 1))
      while pools.count > 1, pools[pools.count - 2].mean >= pools[pools.count - 1].mean {
        let last = pools.removeLast()
        let previous = pools.removeLast()
        let weight = last.weight + previous.weight
        let mean = (last.mean * last.weight + previous.mean * previous.weight) / weight
        pools.append((mean, weight, last.count + previous.count))
      }
    }
    let means = pools.flatMap { [Double](repeating: $0.mean, count: $0.count) }
    return zip(means, offsets).map(+)
  }
}
