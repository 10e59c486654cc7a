/// The arithmetic of a warp, which decides its last bits.
public enum WarpArithmetic: String, Sendable, Hashable, CaseIterable {
  /// Source coordinates and weights in single precision: `warpPerspective` of OpenCV 5.
  case singlePrecision
  /// Coordinates rounded to 1/32 pixel, integer weights: `warpPerspective` of OpenCV 4.
  case fixedPoint
  /// Coordinates summed in 1/1024 pixel and cut to 1/32: `warpAffine` of OpenCV 4. The last row of the
  /// matrix must be 0, 0, 1.
  case affineFixedPoint
}

extension Image {
  /// The picture seen through a map, interpolated between the four nearest pixels.
  ///
  /// Equal to the bit to OpenCV's warps with `INTER_LINEAR` and `BORDER_CONSTANT` on 8-bit pictures, of the
  /// version the arithmetic names. Pixel indices are mapped to pixel indices, without the shift of
  /// half a pixel that ``resized(toWidth:height:interpolation:)`` has.
  ///
  /// - Parameters:
  ///   - matrix: From places in this picture to places in the result.
  ///   - border: The colour around this picture, into which its edge pixels fade.
  public func warped(
    by matrix: Homography, toWidth newWidth: Int, height newHeight: Int,
    border: Color = Color(gray: 0), arithmetic: WarpArithmetic = .singlePrecision
  ) throws(ImageError) -> Image {
    _ = try Self.byteCount(width: newWidth, height: newHeight, format: format)
    let isAffine = matrix.w == SIMD3(0, 0, 1)
    guard isAffine || arithmetic != .affineFixedPoint else {
      throw ImageError(
        .invalidArgument, expected: "a last row of 0, 0, 1 for an affine warp",
        found: "\(matrix.w)", remedy: "Use another arithmetic for perspective.")
    }
    let inverse = arithmetic == .affineFixedPoint ? matrix.affineInverse : matrix.inverse
    guard let inverse else {
      throw ImageError(
        .invalidArgument, expected: "a matrix with an inverse", found: "\(matrix)",
        remedy: "Pass a matrix that maps no area to nothing.")
    }
    let size = (width: newWidth, height: newHeight)
    let samples = border.samples(in: format)
    return pixels.withUnsafeBufferPointer { pixels in
      samples.withUnsafeBufferPointer { border in
        let source = WarpSource(
          pixels: pixels.baseAddress.unsafelyUnwrapped,
          border: border.baseAddress.unsafelyUnwrapped, width: width, height: height,
          channels: format.channels)
        return Image(width: newWidth, height: newHeight, format: format) { out in
          let out = out.baseAddress.unsafelyUnwrapped
          switch arithmetic {
          case .singlePrecision: source.warpInSinglePrecision(inverse, size, into: out)
          case .fixedPoint: source.warpInFixedPoint(inverse, size, into: out)
          case .affineFixedPoint: source.warpAffinely(inverse, size, into: out)
          }
        }
      }
    }
  }
}

/// A picture that a warp reads, as if the plane around it had the colour of the border.
struct WarpSource {
  let pixels: UnsafePointer<UInt8>
  let border: UnsafePointer<UInt8>
  let width: Int
  let height: Int
  let channels: Int

  /// The samples of a pixel.
  @inline(__always)
  func pixel(_ column: Int, _ row: Int) -> UnsafePointer<UInt8> {
    column >= 0 && column < width && row >= 0 && row < height
      ? pixels + (row &* width &+ column) &* channels : border
  }

  /// The samples of a pixel, its right, its lower and its lower right neighbour.
  @inline(__always)
  func corners(_ column: Int, _ row: Int) -> WarpCorners {
    if column >= 0, column < width &- 1, row >= 0, row < height &- 1 {
      let first = pixels + (row &* width &+ column) &* channels
      let below = first + width &* channels
      return WarpCorners(
        first: first, right: first + channels, below: below, last: below + channels)
    }
    return WarpCorners(
      first: pixel(column, row), right: pixel(column &+ 1, row),
      below: pixel(column, row &+ 1), last: pixel(column &+ 1, row &+ 1))
  }
}

/// Where the samples of four neighbouring pixels are.
struct WarpCorners {
  let first: UnsafePointer<UInt8>
  let right: UnsafePointer<UInt8>
  let below: UnsafePointer<UInt8>
  let last: UnsafePointer<UInt8>
}
