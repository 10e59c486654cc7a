/// A box by its centre and sides, the form of YOLO's decoded rows and label files.
public struct CentreBox: Sendable, Hashable {
  /// The middle between the left and the right edge.
  public var x: Float
  /// The middle between the top and the bottom edge.
  public var y: Float
  /// The width.
  public var width: Float
  /// The height.
  public var height: Float

  /// A box from its centre and sides.
  public init(x: Float, y: Float, width: Float, height: Float) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// The centre form of a box: `((x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1)`.
  public init(_ box: Box) {
    self.init(
      x: (box.x1 + box.x2) / 2, y: (box.y1 + box.y2) / 2, width: box.width, height: box.height)
  }

  /// The corner form: centre minus and plus half a side.
  public var corners: Box {
    let halfWidth = width / 2
    let halfHeight = height / 2
    return Box(
      x1: x - halfWidth, y1: y - halfHeight, x2: x + halfWidth, y2: y + halfHeight)
  }

  /// The box in fractions of a picture's sides, as YOLO label files keep it.
  public func normalised(width pictureWidth: Float, height pictureHeight: Float) -> CentreBox {
    CentreBox(
      x: x / pictureWidth, y: y / pictureHeight,
      width: width / pictureWidth, height: height / pictureHeight)
  }

  /// The box with fractions of a picture's sides turned into pixels.
  public func scaled(width pictureWidth: Float, height pictureHeight: Float) -> CentreBox {
    CentreBox(
      x: x * pictureWidth, y: y * pictureHeight,
      width: width * pictureWidth, height: height * pictureHeight)
  }
}
