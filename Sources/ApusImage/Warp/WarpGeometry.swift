extension Letterbox {
  /// The matrix of NanoDet's `get_resize_matrix` (`nanodet/data/transform/warp.py`), and where it puts a picture.
  ///
  /// With the ratio kept and centred, the picture's middle goes to the middle of the input, so
  /// the padding is not rounded to whole pixels. The smallest rectangle is `get_minimum_dst_shape`,
  /// cut to whole pixels, and then the multiple of the stride that holds it.
  func warpGeometry(_ imageWidth: Int, _ imageHeight: Int) -> LetterboxGeometry {
    let (across, down) = (Double(imageWidth), Double(imageHeight))
    var content = (width: width, height: height)
    var size = content
    if mode == .fit, let stride = minimumRectangleStride.map({ max($0, 1) }) {
      let ratio = warpRatio(across, down, into: content)
      content = (max(Int(ratio * across), 1), max(Int(ratio * down), 1))
      size = (
        (content.width + stride - 1) / stride * stride,
        (content.height + stride - 1) / stride * stride
      )
    }
    var scale = (
      x: Double(content.width) / across, y: Double(content.height) / down
    )
    if mode == .fit {
      let ratio = warpRatio(across, down, into: content)
      scale = (ratio, ratio)
    }
    var matrix = Homography.scaling(x: scale.x, y: scale.y)
    if mode == .fit, alignment == .center {
      matrix =
        .translation(x: 0.5 * Double(content.width), y: 0.5 * Double(content.height))
        * matrix * .translation(x: -across / 2, y: -down / 2)
    }
    return LetterboxGeometry(
      originalWidth: imageWidth, originalHeight: imageHeight,
      width: size.width, height: size.height,
      contentWidth: content.width, contentHeight: content.height, left: 0, top: 0,
      nominalScaleX: scale.x, nominalScaleY: scale.y,
      nominalLeft: matrix.x.z, nominalTop: matrix.y.z, warp: matrix)
  }

  private func warpRatio(
    _ across: Double, _ down: Double, into size: (width: Int, height: Int)
  ) -> Double {
    let (width, height) = (Double(size.width), Double(size.height))
    let ratio = across / down < width / height ? height / down : width / across
    return enlarges ? ratio : min(ratio, 1)
  }
}
