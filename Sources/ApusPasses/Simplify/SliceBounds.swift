import ApusGraph

/// What a Slice selects along one axis.
struct SliceBounds: Equatable {
  /// The first element.
  var start: Int
  /// The distance of the elements; at least 1.
  var step: Int

  /// What a Slice from the front in steps to the end of the axes selects, by axis; nil for any other Slice.
  static func toTheEnd(_ node: Node, in index: GraphIndex) -> [Int: SliceBounds]? {
    guard let shape = index.fact(node.input(0)).shape, let starts = index.integers(node.input(1)),
      let ends = index.integers(node.input(2)), starts.count == ends.count
    else { return nil }
    let axes = node.input(3) == nil ? Array(starts.indices) : index.integers(node.input(3)) ?? []
    let steps =
      node.input(4) == nil
      ? [Int](repeating: 1, count: starts.count) : index.integers(node.input(4)) ?? []
    guard axes.count == starts.count, steps.count == starts.count else { return nil }
    var result: [Int: SliceBounds] = [:]
    for place in starts.indices {
      let axis = axes[place] < 0 ? axes[place] + shape.count : axes[place]
      guard shape.indices.contains(axis), steps[place] >= 1, starts[place] >= 0 else { return nil }
      guard ends[place] >= (shape[axis].fixed ?? Int(Int32.max) - 1) else { return nil }
      result[axis] = SliceBounds(start: starts[place], step: steps[place])
    }
    return result
  }
}
