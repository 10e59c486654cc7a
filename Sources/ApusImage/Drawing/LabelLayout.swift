/// A rectangle of whole pixels.
package struct PixelRect: Hashable {
  package var x: Int
  package var y: Int
  package var width: Int
  package var height: Int

  package init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  package var right: Int { x + width }
  package var bottom: Int { y + height }

  package func overlaps(_ other: PixelRect) -> Bool {
    x < other.right && other.x < right && y < other.bottom && other.y < bottom
  }
}

/// Finds places for labels: inside the picture, and over no other label.
package struct LabelLayout {
  package let width: Int
  package let height: Int
  package private(set) var placed: [PixelRect] = []

  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Takes the best free place for the label of a box; nil where the picture has none left.
  ///
  /// Best is above the box, then inside its top, below it, inside its bottom, each at the left
  /// edge and then at the right; failing these, the free place nearest to the first.
  package mutating func place(width: Int, height: Int, for box: PixelRect) -> PixelRect? {
    guard width <= self.width, height <= self.height else { return nil }
    for y in [box.y - height, box.y, box.bottom, box.bottom - height] {
      guard y >= 0, y + height <= self.height else { continue }
      for x in [box.x, box.right - width] {
        let rect = PixelRect(
          x: min(max(x, 0), self.width - width), y: y, width: width, height: height)
        if isFree(rect) { return take(rect) }
      }
    }
    let wanted = PixelRect(
      x: min(max(box.x, 0), self.width - width),
      y: min(max(box.y - height, 0), self.height - height), width: width, height: height)
    return nearestFree(to: wanted).map { take($0) }
  }

  private mutating func take(_ rect: PixelRect) -> PixelRect {
    placed.append(rect)
    return rect
  }

  private func isFree(_ rect: PixelRect) -> Bool {
    !placed.contains { $0.overlaps(rect) }
  }

  /// The free place nearest to a wanted one.
  ///
  /// The nearest place lies in the wanted row or touches a placed label from above or below, so
  /// only those rows are tried, nearest first.
  private func nearestFree(to wanted: PixelRect) -> PixelRect? {
    let touching = placed.flatMap { [$0.bottom, $0.y - wanted.height] }
    let inside = Set(touching + [wanted.y]).filter { $0 >= 0 && $0 + wanted.height <= height }
    let rows = Self.sorted(inside, by: wanted.y)
    var best: PixelRect?
    var bestDistance = Int.max
    for row in rows {
      let down = abs(row - wanted.y)
      if down * down >= bestDistance { break }
      guard let column = nearestFreeColumn(to: wanted, row: row) else { continue }
      let across = abs(column - wanted.x)
      let distance = across * across + down * down
      if distance < bestDistance {
        bestDistance = distance
        best = PixelRect(x: column, y: row, width: wanted.width, height: wanted.height)
      }
    }
    return best
  }

  private func nearestFreeColumn(to wanted: PixelRect, row: Int) -> Int? {
    let moved = PixelRect(x: wanted.x, y: row, width: wanted.width, height: wanted.height)
    let blocking = placed.filter { $0.y < moved.bottom && row < $0.bottom }
    let touching = blocking.flatMap { [$0.right, $0.x - wanted.width] }
    let free = (touching + [wanted.x]).filter { column in
      column >= 0 && column + wanted.width <= width
        && !blocking.contains { column < $0.right && $0.x < column + wanted.width }
    }
    return Self.sorted(free, by: wanted.x).first
  }

  /// Nearest first; of two equally near, the smaller first.
  private static func sorted(_ values: some Sequence<Int>, by wanted: Int) -> [Int] {
    values.sorted { first, second in
      let (near, far) = (abs(first - wanted), abs(second - wanted))
      return near == far ? first < second : near < far
    }
  }
}
