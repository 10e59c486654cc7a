/// `warpPerspective` of OpenCV 5 (`modules/imgproc/src/warp_kernels.simd.hpp`), as its AVX2 code rounds.
extension WarpSource {
  /// Columns that the vector code takes at a time; the rest of a row is rounded otherwise.
  private static let block = 16

  func warpInSinglePrecision(
    _ inverse: Homography, _ size: (width: Int, height: Int),
    into out: UnsafeMutablePointer<UInt8>
  ) {
    let inBlocks = size.width - size.width % Self.block
    // The divisor is 1 then, and a division by it changes nothing.
    let isAffine = inverse.w == SIMD3(0, 0, 1)
    var place = out
    for row in 0..<size.height {
      let x = WarpRow(inverse.x, row: row)
      let y = WarpRow(inverse.y, row: row)
      let w = WarpRow(inverse.w, row: row)
      for column in 0..<size.width {
        let isInBlock = column < inBlocks
        var (atX, atY) = (x.at(column, isInBlock), y.at(column, isInBlock))
        if !isAffine {
          let divisor = w.at(column, isInBlock)
          (atX, atY) = (atX / divisor, atY / divisor)
        }
        warpPixel(atX, atY, into: place)
        place += channels
      }
    }
  }

  /// Interpolates at a place, if it is one: beyond the border and for what is no number, the border.
  @inline(__always)
  private func warpPixel(_ x: Float, _ y: Float, into out: UnsafeMutablePointer<UInt8>) {
    guard x > -1, x < Float(width), y > -1, y < Float(height) else {
      out.update(from: border, count: channels)
      return
    }
    let (left, top) = (x < 0 ? -1 : Int(x), y < 0 ? -1 : Int(y))
    let (alpha, beta) = (Double(x - Float(left)), Double(y - Float(top)))
    let corners = corners(left, top)
    for channel in 0..<channels {
      let (first, right) = (Float(corners.first[channel]), Float(corners.right[channel]))
      let (below, last) = (Float(corners.below[channel]), Float(corners.last[channel]))
      // A product of two floats is exact in a double: each step is rounded once, as fused.
      let upper = Float(alpha * Double(right - first) + Double(first))
      let lower = Float(alpha * Double(last - below) + Double(below))
      let value = Float(beta * Double(lower - upper) + Double(upper))
      // 1.5 * 2^23: the sum has no bits below 1, so the addition rounds, halves to even; its low
      // byte is the result.
      out[channel] = UInt8(truncatingIfNeeded: (value + 12_582_912).bitPattern)
    }
  }
}

/// One row of the matrix within one row of the result.
private struct WarpRow {
  let slope: Float
  let rise: Float
  let constant: Float
  /// Whether a sum in binary64 is exact for every column below ``limit``: rounded to binary32, it is as fused.
  private let isExact: Bool
  private static let limit = 4096

  init(_ coefficients: SIMD3<Double>, row: Int) {
    slope = Float(coefficients.x)
    rise = Float(row) * Float(coefficients.y)
    constant = Float(coefficients.z)
    // 24 bits from 2^-31 on, times 12 bits, are below 2^20; sums then have no more than 52 bits.
    func isModerate(_ number: Float) -> Bool {
      number == 0 || (abs(number) >= 0x1p-8 && abs(number) < 0x1p8)
    }
    let offset = abs(rise + constant)
    isExact = isModerate(slope) && (offset == 0 || (offset >= 0x1p-8 && offset < 0x1p13))
  }

  /// The value at a column: in vectors, or as the compiler contracts the sum for single columns.
  @inline(__always)
  func at(_ column: Int, _ isInBlock: Bool) -> Float {
    if isInBlock && isExact && column < Self.limit {
      return Float(Double(slope) * Double(column) + Double(rise + constant))
    }
    return isInBlock
      ? (rise + constant).addingProduct(slope, Float(column))
      : rise.addingProduct(slope, Float(column)) + constant
  }
}
