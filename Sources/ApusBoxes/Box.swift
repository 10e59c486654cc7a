/// A box by its two corners: the form in which every stage after the decoder keeps boxes.
///
/// Units are those of the owner: pixels of the original picture in a `Detection`, pixels of the
/// network's input before the letterbox is undone. The area is `(x2 - x1) · (y2 - y1)` without the
/// "+1" that some vendors' samples add.
public struct Box: Sendable, Hashable {
  /// The left edge.
  public var x1: Float
  /// The top edge.
  public var y1: Float
  /// The right edge.
  public var x2: Float
  /// The bottom edge.
  public var y2: Float

  /// A box from its corners, which may be inverted: nothing is put in order.
  public init(x1: Float, y1: Float, x2: Float, y2: Float) {
    self.x1 = x1
    self.y1 = y1
    self.x2 = x2
    self.y2 = y2
  }

  /// The width, negative when the corners are inverted.
  public var width: Float { x2 - x1 }

  /// The height, negative when the corners are inverted.
  public var height: Float { y2 - y1 }

  /// The product of width and height.
  public var area: Float { width * height }

  /// Whether all four numbers are neither NaN nor infinite.
  public var isFinite: Bool { x1.isFinite && y1.isFinite && x2.isFinite && y2.isFinite }

  /// The same box with every coordinate inside `0...width` and `0...height`.
  public func clipped(width: Float, height: Float) -> Box {
    Box(
      x1: min(max(x1, 0), width), y1: min(max(y1, 0), height),
      x2: min(max(x2, 0), width), y2: min(max(y2, 0), height))
  }

  /// The box with fractions of a picture's sides turned into pixels.
  public func scaled(width: Float, height: Float) -> Box {
    Box(x1: x1 * width, y1: y1 * height, x2: x2 * width, y2: y2 * height)
  }

  /// The box in fractions of a picture's sides.
  public func normalised(width: Float, height: Float) -> Box {
    Box(x1: x1 / width, y1: y1 / height, x2: x2 / width, y2: y2 / height)
  }
}
