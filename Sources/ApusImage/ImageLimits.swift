/// Bounds on declared picture sizes, checked before any pixel is allocated.
public struct ImageLimits: Sendable, Hashable {
  /// The most pixels a picture may have.
  public var maximumPixels: Int
  /// The longest side in pixels.
  public var maximumSide: Int

  /// Makes limits; the defaults accept 20,000 by 10,000 and nothing larger.
  ///
  /// 65,500 is the longest side the JPEG library handles.
  public init(maximumPixels: Int = 200_000_000, maximumSide: Int = 65_500) {
    self.maximumPixels = maximumPixels
    self.maximumSide = maximumSide
  }

  /// Throws if a declared size is empty or beyond the limits.
  func check(width: Int, height: Int, at offset: Int? = nil) throws(ImageError) {
    guard width > 0, height > 0 else {
      throw .corrupt(
        at: offset, expected: "a width and height of at least 1", found: "\(width) x \(height)")
    }
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    guard width <= maximumSide, height <= maximumSide, !overflow, count <= maximumPixels else {
      throw ImageError(
        .tooLarge, offset: offset,
        expected: "at most \(maximumPixels) pixels and sides of at most \(maximumSide)",
        found: "\(width) x \(height)",
        remedy: "Shrink or tile the picture, or raise the limits.")
    }
  }
}
