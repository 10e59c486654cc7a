import ApusGraph

/// What is selected along one axis; nil where it is not known before the graph runs.
struct SliceRange {
  var start: Dimension?
  var end: Dimension?
  /// Never 0.
  var step: Int?

  /// A range clamped to an axis of known size.
  struct Fixed {
    var start: Int
    var step: Int
    var count: Int
  }

  /// The range on an axis of known size, where all of it is known.
  func fixed(size: Int) -> Fixed? {
    guard let step, let start = start?.fixed, let end = end?.fixed else { return nil }
    // An index far below the axis must not overflow when the size is added to it.
    func place(_ index: Int) -> Int { index < 0 ? max(index, -size - 1) + size : index }
    let (first, span): (Int, Int)
    if step > 0 {
      first = min(max(place(start), 0), size)
      span = min(max(place(end), 0), size) - first
    } else {
      first = min(max(place(start), -1), size - 1)
      span = first - min(max(place(end), -1), size - 1)
    }
    guard span > 0 else { return Fixed(start: 0, step: 1, count: 0) }
    let distance = step == .min ? Int.max : abs(step)
    return Fixed(start: first, step: step, count: (span - 1) / distance + 1)
  }

  /// The number of elements selected from an axis of symbolic size, where it can be stated.
  ///
  /// Indices of the file are taken to lie within the axis.
  func count(of size: Dimension) -> Dimension? {
    guard let step, step != .min, let start, let end else { return nil }
    if step < 0 {
      // Only a whole axis in reverse.
      let fromLast = start.fixed.map { $0 == -1 || $0 >= Self.farAway } ?? (start == size - 1)
      guard fromLast, let last = end.fixed, last <= -Self.farAway else { return nil }
      return size.dividedRoundingUp(by: -step)
    }
    guard let first = place(start, in: size), let last = place(end, in: size, isEnd: true)
    else { return nil }
    let span = last - first
    if let number = span.fixed, number <= 0 { return 0 }
    return span.dividedRoundingUp(by: step)
  }

  /// Exporters write numbers of at least this size for "to the end".
  private static let farAway = Int(Int32.max)

  private func place(_ index: Dimension, in size: Dimension, isEnd: Bool = false) -> Dimension? {
    if let number = index.fixed {
      if number >= Self.farAway { return size }
      if number <= -Self.farAway { return 0 }
      if number < 0 { return size + number }
      // An end may lie beyond an axis that turns out to be short.
      return isEnd && number > 0 ? nil : index
    }
    guard let room = (size - index).fixed else { return nil }
    return room >= 0 ? index : size
  }
}
