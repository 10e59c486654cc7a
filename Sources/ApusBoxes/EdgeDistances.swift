/// A box by the distances from a point inside it to its four edges: what anchor-free heads predict.
public struct EdgeDistances: Sendable, Hashable {
  /// From the point to the left edge.
  public var left: Float
  /// From the point to the top edge.
  public var top: Float
  /// From the point to the right edge.
  public var right: Float
  /// From the point to the bottom edge.
  public var bottom: Float

  /// The four distances.
  public init(left: Float, top: Float, right: Float, bottom: Float) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  /// The distances from the point `(x, y)` to the edges of a box.
  ///
  /// With a `limit`, each is brought into `0...limit - 0.1`, so that a distribution over
  /// `0...limit` always has a bin above it (NanoDet's `bbox2distance`).
  public init(of box: Box, fromX x: Float, y: Float, limit: Float? = nil) {
    func bounded(_ distance: Float) -> Float {
      guard let limit else { return distance }
      return min(max(distance, 0), limit - 0.1)
    }
    self.init(
      left: bounded(x - box.x1), top: bounded(y - box.y1),
      right: bounded(box.x2 - x), bottom: bounded(box.y2 - y))
  }

  /// The box around the point `(x, y)`.
  public func box(aroundX x: Float, y: Float) -> Box {
    Box(x1: x - left, y1: y - top, x2: x + right, y2: y + bottom)
  }
}
