/// How pictures of any size are fitted into the input of a network.
public struct Letterbox: Sendable, Hashable {
  /// Whether the sides keep their ratio.
  public enum Mode: Sendable, Hashable {
    /// The ratio is kept and the rest is padded.
    case fit
    /// Each side is scaled to fill the input.
    case stretch
  }

  /// Where the picture lies in the padded input.
  public enum Alignment: Sendable, Hashable {
    /// In the middle; an odd pixel of padding goes to the right and to the bottom.
    case center
    /// In the top left corner.
    case topLeft
  }

  /// How a scaled side becomes a whole number of pixels.
  public enum Rounding: Sendable, Hashable {
    /// To the nearest, halves to even: YOLOv5's `letterbox`.
    case nearest
    /// Upwards: the resize of YOLOv5's data loader, before its `letterbox`.
    case up
  }

  /// Columns of the input.
  public var width: Int
  /// Rows of the input.
  public var height: Int
  /// Whether the ratio is kept.
  public var mode: Mode
  /// Where the picture lies.
  public var alignment: Alignment
  /// Whether a picture smaller than the input is enlarged.
  public var enlarges: Bool
  /// The multiple the input is cut down to where padding allows (`auto=True`); nil to keep it.
  public var minimumRectangleStride: Int?
  /// The pixels of the picture's longer side in the input, where it is scaled to these and not to fill the
  /// input: `load_image` of YOLOv5's data loader, before a `letterbox` that enlarges nothing.
  ///
  /// A picture that does not fit then is shrunk further. Of no meaning where pictures are stretched or warped.
  public var longestSide: Int?
  /// How sides are rounded.
  public var rounding: Rounding
  /// The colour of the padding.
  public var padding: Color
  /// The interpolation when the picture is enlarged or keeps its size.
  public var interpolation: Interpolation
  /// The interpolation when the picture is shrunk.
  public var shrinkInterpolation: Interpolation
  /// The arithmetic of NanoDet's warp, where the picture is warped instead of resized; else nil.
  ///
  /// Interpolation, rounding and the place of odd padding have no part in it. The picture fades into
  /// the padding, and a rectangle of ``minimumRectangleStride`` is that of upstream's later revisions: the
  /// picture is warped to its own size, and the rest is padded on the right and at the bottom.
  public var warp: WarpArithmetic?

  /// Makes a letterbox; the defaults are YOLOv5's prediction with a fixed input.
  public init(
    width: Int, height: Int, mode: Mode = .fit, alignment: Alignment = .center,
    enlarges: Bool = true, minimumRectangleStride: Int? = nil, longestSide: Int? = nil,
    rounding: Rounding = .nearest, padding: Color = Color(gray: 114),
    interpolation: Interpolation = .linear,
    shrinkInterpolation: Interpolation? = nil, warp: WarpArithmetic? = nil
  ) {
    self.width = width
    self.height = height
    self.mode = mode
    self.alignment = alignment
    self.enlarges = enlarges
    self.minimumRectangleStride = minimumRectangleStride
    self.longestSide = longestSide
    self.rounding = rounding
    self.padding = padding
    self.interpolation = interpolation
    self.shrinkInterpolation = shrinkInterpolation ?? interpolation
    self.warp = warp
  }

  /// The geometry for a picture of a size.
  ///
  /// A side that would vanish (a picture of 1 x 20,000) keeps one pixel, where upstream fails.
  public func geometry(
    imageWidth: Int, imageHeight: Int
  ) throws(ImageError) -> LetterboxGeometry {
    guard imageWidth > 0, imageHeight > 0, width > 0, height > 0 else {
      throw ImageError(
        .invalidArgument, expected: "sides of at least 1",
        found: "\(imageWidth) x \(imageHeight) into \(width) x \(height)",
        remedy: "Pass another size.")
    }
    if warp != nil { return warpGeometry(imageWidth, imageHeight) }
    let ratioX = Double(width) / Double(imageWidth)
    let ratioY = Double(height) / Double(imageHeight)
    guard mode == .fit else {
      return LetterboxGeometry(
        originalWidth: imageWidth, originalHeight: imageHeight, width: width, height: height,
        contentWidth: width, contentHeight: height, left: 0, top: 0,
        nominalScaleX: ratioX, nominalScaleY: ratioY, nominalLeft: 0, nominalTop: 0)
    }
    var ratio = enlarges ? min(ratioX, ratioY) : min(ratioX, ratioY, 1)
    if let longestSide {
      ratio = min(ratio, Double(longestSide) / Double(max(imageWidth, imageHeight)))
    }
    // Rounded up, 734 · (416 / 734) is 417, as upstream's, where the input has room.
    let contentWidth = scaled(imageWidth, by: ratio, limit: width)
    let contentHeight = scaled(imageHeight, by: ratio, limit: height)
    let across = Self.place(
      width - contentWidth, stride: minimumRectangleStride, alignment: alignment)
    let down = Self.place(
      height - contentHeight, stride: minimumRectangleStride, alignment: alignment)
    return LetterboxGeometry(
      originalWidth: imageWidth, originalHeight: imageHeight,
      width: contentWidth + across.total, height: contentHeight + down.total,
      contentWidth: contentWidth, contentHeight: contentHeight,
      left: across.before, top: down.before, nominalScaleX: ratio, nominalScaleY: ratio,
      nominalLeft: across.nominal, nominalTop: down.nominal)
  }

  private func scaled(_ side: Int, by ratio: Double, limit: Int) -> Int {
    let exact = Double(side) * ratio
    let rounded = exact.rounded(rounding == .nearest ? .toNearestOrEven : .up)
    return min(max(Int(rounded), 1), limit)
  }

  /// Splits padding into the part before the picture and the rest.
  private static func place(
    _ total: Int, stride: Int?, alignment: Alignment
  ) -> (before: Int, total: Int, nominal: Double) {
    let total = stride.map { total % max($0, 1) } ?? total
    guard alignment == .center else { return (0, total, 0) }
    let half = Double(total) / 2
    // round(half - 0.1) before and round(half + 0.1) after, as upstream.
    return (Int((half - 0.1).rounded(.toNearestOrEven)), total, half)
  }
}

extension Image {
  /// The picture fitted into a network's input, and where it lies there.
  public func letterboxed(
    _ letterbox: Letterbox
  ) throws(ImageError) -> (image: Image, geometry: LetterboxGeometry) {
    let geometry = try letterbox.geometry(imageWidth: width, imageHeight: height)
    let content = try content(of: letterbox, geometry)
    guard geometry.width != geometry.contentWidth || geometry.height != geometry.contentHeight
    else { return (content, geometry) }
    let canvas = try Image(
      width: geometry.width, height: geometry.height, format: format,
      filledWith: letterbox.padding)
    return (canvas.covered(by: content, left: geometry.left, top: geometry.top), geometry)
  }

  /// The picture scaled or warped as it lies in the input, without the padding around that.
  package func content(
    of letterbox: Letterbox, _ geometry: LetterboxGeometry
  ) throws(ImageError) -> Image {
    if let arithmetic = letterbox.warp, let matrix = geometry.warp {
      return try warped(
        by: matrix, toWidth: geometry.contentWidth, height: geometry.contentHeight,
        border: letterbox.padding, arithmetic: arithmetic)
    }
    let shrinks = geometry.contentWidth < width || geometry.contentHeight < height
    return try resized(
      toWidth: geometry.contentWidth, height: geometry.contentHeight,
      interpolation: shrinks ? letterbox.shrinkInterpolation : letterbox.interpolation)
  }
}
