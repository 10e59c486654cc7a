package import ApusPlan

/// Floats that are used together, at addresses that no other buffer has.
package struct VirtualBuffer {
  let place: Place

  /// A buffer at virtual addresses.
  package init(place: Place) { self.place = place }
}

/// Gives buffers places in one arena, so that buffers whose lives overlap do not.
///
/// Buffer by buffer, each at the lowest place that is free while it lives, in several orders, of which the one that
/// needs least memory counts. By size alone, a large buffer of a quiet time may lie where those of the busiest time
/// have to be.
package struct MemoryPlanner {
  /// Floats of the arena.
  package let count: Int
  private let buffers: [VirtualBuffer]
  private let offsets: [Int]

  /// Plans the arena.
  ///
  /// - Parameters:
  ///   - buffers: by rising address.
  ///   - inputs: places that keep their content from one run to the next.
  ///   - fleeting: places that are written before every run, and keep their content until they are read.
  ///   - outputs: places that keep their content after the last step.
  package init(
    buffers: [VirtualBuffer], steps: [Operation], inputs: [Place], fleeting: [Place] = [],
    outputs: [Place]
  ) {
    self.buffers = buffers
    var first = [Int](repeating: Int.max, count: buffers.count)
    var last = [Int](repeating: Int.min, count: buffers.count)
    func touch(_ place: Place, _ step: Int) {
      guard place.memory == .arena, let index = Self.index(of: place, in: buffers) else { return }
      first[index] = min(first[index], step)
      last[index] = max(last[index], step)
    }
    for (step, operation) in steps.enumerated() {
      for place in operation.reads + operation.writes { touch(place, step) }
    }
    for place in inputs {
      touch(place, -1)
      touch(place, steps.count)
    }
    for place in fleeting { touch(place, -1) }
    for place in outputs { touch(place, steps.count) }

    let lives = buffers.indices.filter { first[$0] <= last[$0] && buffers[$0].place.count > 0 }.map
    {
      Life(
        index: $0, size: PlanBuilder.aligned(buffers[$0].place.count),
        steps: first[$0]...last[$0])
    }
    let plans = Self.orders(of: lives).map { Self.offsets(of: $0, count: buffers.count) }
    (offsets, count) = plans.min { $0.count < $1.count } ?? ([], 0)
  }

  /// A buffer that is used.
  private struct Life {
    let index: Int
    let size: Int
    let steps: ClosedRange<Int>
  }

  /// Orders to try.
  private static func orders(of lives: [Life]) -> [[Life]] {
    func sorted(by key: (Life) -> Int) -> [Life] {
      lives.map { (key($0), $0) }.sorted {
        ($0.0, $0.1.size, $1.1.index) > ($1.0, $1.1.size, $0.1.index)
      }.map(\.1)
    }
    // Floats that live at each step; before the first step there are inputs.
    var loads: [Int: Int] = [:]
    for life in lives {
      for step in life.steps { loads[step, default: 0] += life.size }
    }
    return [
      sorted { $0.size }, sorted { $0.size * $0.steps.count }, sorted { -$0.steps.lowerBound },
      sorted { life in life.steps.map { loads[$0, default: 0] }.max() ?? 0 },
    ]
  }

  private static func offsets(of order: [Life], count: Int) -> (offsets: [Int], count: Int) {
    var offsets = [Int](repeating: 0, count: count)
    var placed: [Life] = []
    var total = 0
    for life in order {
      let rivals = placed.filter { $0.steps.overlaps(life.steps) }
        .sorted { offsets[$0.index] < offsets[$1.index] }
      var offset = 0
      for rival in rivals {
        if offset + life.size <= offsets[rival.index] { break }
        offset = max(offset, offsets[rival.index] + rival.size)
      }
      offsets[life.index] = offset
      placed.append(life)
      total = max(total, offset + life.size)
    }
    return (offsets, total)
  }

  /// Where a place at a virtual address lies in the arena.
  package func place(_ place: Place) -> Place {
    guard place.memory == .arena else { return place }
    guard let index = Self.index(of: place, in: buffers) else {
      fatalError("\(place) belongs to no buffer")
    }
    let offset = offsets[index] + place.offset - buffers[index].place.offset
    return Place(.arena, offset: offset, count: place.count)
  }

  /// The last buffer that begins at or before a place.
  private static func index(of place: Place, in buffers: [VirtualBuffer]) -> Int? {
    var (low, high) = (0, buffers.count)
    while low < high {
      let middle = (low + high) / 2
      if buffers[middle].place.offset <= place.offset { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : low - 1
  }
}
