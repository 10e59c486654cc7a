/// How samples between the pixels of a picture are estimated.
public enum Interpolation: String, Sendable, Hashable, CaseIterable {
  /// Between the four nearest pixels, in the fixed point of OpenCV's `INTER_LINEAR`.
  case linear
  /// The mean over the covered area, as OpenCV's `INTER_AREA`; a kind of linear when enlarging.
  case area
}

extension Image {
  /// The picture scaled to a size, equal to the bit to OpenCV 4's `resize` on 8-bit pictures.
  ///
  /// As there, shrinking both sides to exactly half is always done by area, and an area that is
  /// enlarged on either side is done by a variant of linear.
  public func resized(
    toWidth newWidth: Int, height newHeight: Int, interpolation: Interpolation = .linear
  ) throws(ImageError) -> Image {
    _ = try Self.byteCount(width: newWidth, height: newHeight, format: format)
    guard newWidth != width || newHeight != height else { return self }
    let columns = ResizeScale(from: width, to: newWidth)
    let rows = ResizeScale(from: height, to: newHeight)
    let factors = columns.integerFactor.flatMap { x in rows.integerFactor.map { y in (x, y) } }
    let isHalf = factors.map { $0 == (2, 2) } ?? false
    if interpolation == .area || isHalf, columns.scale >= 1, rows.scale >= 1 {
      guard let factors else { return shrunkByArea(columns, rows) }
      return shrunkByBlocks(factors.0, factors.1)
    }
    func taps(_ axis: ResizeScale) -> [LinearTap] {
      interpolation == .area ? LinearTap.enlargedArea(axis) : LinearTap.linear(axis)
    }
    return interpolated(columns: taps(columns), rows: taps(rows))
  }
}

/// The relation of one side of a picture to that side after a resize.
struct ResizeScale {
  let source: Int
  let target: Int
  /// Target pixels per source pixel.
  let inverse: Double
  /// Source pixels per target pixel: the reciprocal of ``inverse``, rounded twice as in OpenCV.
  let scale: Double

  init(from source: Int, to target: Int) {
    self.source = source
    self.target = target
    inverse = Double(target) / Double(source)
    scale = 1 / inverse
  }

  /// The scale where it is a whole number, within the rounding of a double.
  var integerFactor: Int? {
    let nearest = scale.rounded(.toNearestOrEven)
    return abs(scale - nearest) < Double.ulpOfOne ? Int(nearest) : nil
  }
}
