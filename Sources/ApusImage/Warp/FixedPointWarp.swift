/// The warps of OpenCV 4 (`modules/imgproc/src/imgwarp.cpp`): coordinates in 1/32 pixel, and weights that are
/// products of such fractions.
///
/// OpenCV's weights have 15 bits, and (1, 0, 0, 0) becomes (32767, 0, 0, 1) there; after the shift
/// this gives the same samples as products of 10 bits.
extension WarpSource {
  /// `warpPerspective`: doubles, rounded to the nearest 1/32, halves to even.
  func warpInFixedPoint(
    _ inverse: Homography, _ size: (width: Int, height: Int),
    into out: UnsafeMutablePointer<UInt8>
  ) {
    // Rows are computed in pieces that start anew, which shows in the last bits.
    let piece = min(1024 / min(16, size.height), size.width)
    var place = out
    for row in 0..<size.height {
      let y = Double(row)
      for start in stride(from: 0, to: size.width, by: piece) {
        let x = Double(start)
        let startX = inverse.x.x * x + inverse.x.y * y + inverse.x.z
        let startY = inverse.y.x * x + inverse.y.y * y + inverse.y.z
        let startW = inverse.w.x * x + inverse.w.y * y + inverse.w.z
        for offset in 0..<min(piece, size.width - start) {
          let step = Double(offset)
          let divisor = startW + inverse.w.x * step
          let scale = divisor != 0 ? 32 / divisor : 0
          let column = Self.nearest((startX + inverse.x.x * step) * scale)
          let line = Self.nearest((startY + inverse.y.x * step) * scale)
          blend(column, line, into: place)
          place += channels
        }
      }
    }
  }

  /// `warpAffine`: integers of 1/1024, cut to 1/32 after half of that is added.
  func warpAffinely(
    _ inverse: Homography, _ size: (width: Int, height: Int),
    into out: UnsafeMutablePointer<UInt8>
  ) {
    let steps = (0..<size.width).map { column in
      (
        x: Self.nearest(inverse.x.x * Double(column) * 1024),
        y: Self.nearest(inverse.y.x * Double(column) * 1024)
      )
    }
    var place = out
    for row in 0..<size.height {
      let y = Double(row)
      let startX = Self.nearest((inverse.x.y * y + inverse.x.z) * 1024) &+ 16
      let startY = Self.nearest((inverse.y.y * y + inverse.y.z) * 1024) &+ 16
      for step in steps {
        blend((startX &+ step.x) >> 5, (startY &+ step.y) >> 5, into: place)
        place += channels
      }
    }
  }

  /// The nearest integer, halves to even, within 32 bits; 0 for what is no number.
  @inline(__always)
  private static func nearest(_ value: Double) -> Int {
    guard value == value else { return 0 }
    let limited = max(Double(Int32.min), min(Double(Int32.max), value))
    // 1.5 * 2^52: the sum has no bits below 1, so the addition rounds.
    let shift = 6_755_399_441_055_744.0
    return Int(limited + shift - shift)
  }

  /// Interpolates at a place in units of 1/32 pixel.
  @inline(__always)
  private func blend(_ x: Int, _ y: Int, into out: UnsafeMutablePointer<UInt8>) {
    let (left, top) = (x >> 5, y >> 5)
    guard left >= -1, left < width, top >= -1, top < height else {
      out.update(from: border, count: channels)
      return
    }
    let corners = corners(left, top)
    let (alpha, beta) = (Int32(truncatingIfNeeded: x & 31), Int32(truncatingIfNeeded: y & 31))
    for channel in 0..<channels {
      let (first, right) = (Int32(corners.first[channel]), Int32(corners.right[channel]))
      let (below, last) = (Int32(corners.below[channel]), Int32(corners.last[channel]))
      let upper = first &* (32 &- alpha) &+ right &* alpha
      let lower = below &* (32 &- alpha) &+ last &* alpha
      let sum = upper &* (32 &- beta) &+ lower &* beta
      out[channel] = UInt8(truncatingIfNeeded: (sum &+ 512) >> 10)
    }
  }
}

extension Homography {
  /// The inverse of an affine map as `warpAffine` computes it; nil where there is none.
  var affineInverse: Homography? {
    let determinant = x.x * y.y - x.y * y.x
    guard determinant != 0, determinant.isFinite else { return nil }
    let d = 1 / determinant
    let (a, b) = (y.y * d, x.y * -d)
    let (c, e) = (y.x * -d, x.x * d)
    let inverse = Homography(
      x: SIMD3(a, b, -a * x.z - b * y.z), y: SIMD3(c, e, -c * x.z - e * y.z))
    return inverse.isFinite ? inverse : nil
  }
}
