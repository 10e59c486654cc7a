import ApusPlan

/// Floats that are used together, at addresses that no other buffer has.
struct VirtualBuffer {
  let place: Place
}

/// Gives buffers places in one arena, so that buffers whose lives overlap do not.
///
/// Greedy by size: the largest buffer first, each at the lowest place that is free while it lives.
struct MemoryPlanner {
  /// Floats of the arena.
  let count: Int
  private let buffers: [VirtualBuffer]
  private let offsets: [Int]

  /// Plans the arena.
  ///
  /// - Parameters:
  ///   - buffers: by rising address.
  ///   - inputs: places that keep their content from one run to the next.
  ///   - outputs: places that keep their content after the last step.
  init(buffers: [VirtualBuffer], steps: [Operation], inputs: [Place], outputs: [Place]) {
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
    for place in outputs { touch(place, steps.count) }

    var offsets = [Int](repeating: 0, count: buffers.count)
    var placed: [Int] = []
    var total = 0
    let order = buffers.indices.filter { first[$0] <= last[$0] && buffers[$0].place.count > 0 }
      .sorted { (buffers[$0].place.count, $1) > (buffers[$1].place.count, $0) }
    for index in order {
      let size = PlanBuilder.aligned(buffers[index].place.count)
      let rivals = placed.filter { first[$0] <= last[index] && first[index] <= last[$0] }
        .sorted { offsets[$0] < offsets[$1] }
      var offset = 0
      for rival in rivals {
        if offset + size <= offsets[rival] { break }
        offset = max(offset, offsets[rival] + PlanBuilder.aligned(buffers[rival].place.count))
      }
      offsets[index] = offset
      placed.append(index)
      total = max(total, offset + size)
    }
    self.offsets = offsets
    count = total
  }

  /// Where a place at a virtual address lies in the arena.
  func place(_ place: Place) -> Place {
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
