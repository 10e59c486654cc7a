/// The width and height of an object or an anchor, in pixels of the network's input.
public struct BoxSize: Sendable, Hashable {
  /// The width.
  public var width: Double
  /// The height.
  public var height: Double

  /// A size.
  public init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  /// The product of the sides.
  public var area: Double { width * height }

  /// The sides rounded to whole pixels, halves away from zero.
  public var rounded: BoxSize { BoxSize(width: width.rounded(), height: height.rounded()) }

  /// The size that a labelled object has in the network's input.
  ///
  /// The longer side of the picture becomes `imageSize`, as letterboxing does, times `scale`.
  ///
  /// - Parameters:
  ///   - fraction: The object's sides as fractions of the picture's, as YOLO label files keep them.
  ///   - picture: The sides of the picture.
  ///   - imageSize: The longer side of the network's input.
  ///   - scale: What `check_anchors` draws from 0.9 to 1.1 for every picture; 1 for none.
  public init(fraction: BoxSize, picture: BoxSize, imageSize: Double, scale: Double = 1) {
    let longest = max(picture.width, picture.height)
    self.init(
      width: fraction.width * (imageSize * picture.width / longest * scale),
      height: fraction.height * (imageSize * picture.height / longest * scale))
  }
}
