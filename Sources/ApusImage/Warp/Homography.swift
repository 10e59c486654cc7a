public import ApusBoxes

/// A 3 x 3 matrix that maps points of one plane to another: `(x, y, 1)` to `(x' w, y' w, w)`.
///
/// An affine map has 0, 0, 1 in its last row. Points are in pixels, and whole numbers are the
/// places of pixels themselves: nothing is shifted by half a pixel.
public struct Homography: Sendable, Hashable {
  /// The coefficients of the horizontal place, before the division.
  public var x: SIMD3<Double>
  /// The coefficients of the vertical place, before the division.
  public var y: SIMD3<Double>
  /// The coefficients of the divisor.
  public var w: SIMD3<Double>

  /// Makes a matrix of its rows; an affine one without the last.
  public init(
    x: SIMD3<Double>, y: SIMD3<Double>, w: SIMD3<Double> = SIMD3(0, 0, 1)
  ) {
    self.x = x
    self.y = y
    self.w = w
  }

  /// The map that moves points.
  public static func translation(x: Double, y: Double) -> Homography {
    Homography(x: SIMD3(1, 0, x), y: SIMD3(0, 1, y))
  }

  /// The map that scales about the origin.
  public static func scaling(x: Double, y: Double) -> Homography {
    Homography(x: SIMD3(x, 0, 0), y: SIMD3(0, y, 0))
  }

  /// The map that applies the right matrix first.
  public static func * (left: Homography, right: Homography) -> Homography {
    func row(_ row: SIMD3<Double>) -> SIMD3<Double> {
      row.x * right.x + row.y * right.y + row.z * right.w
    }
    return Homography(x: row(left.x), y: row(left.y), w: row(left.w))
  }

  /// Whether all coefficients are numbers.
  var isFinite: Bool {
    (x + y + w).x.isFinite && (x + y + w).y.isFinite && (x + y + w).z.isFinite
  }

  /// The map back; nil where there is none.
  ///
  /// Cofactors times the reciprocal of the determinant, in the order of OpenCV's `invert`, because
  /// the bits of a warp depend on it.
  public var inverse: Homography? {
    let determinant =
      x.x * (y.y * w.z - y.z * w.y) - x.y * (y.x * w.z - y.z * w.x)
      + x.z * (y.x * w.y - y.y * w.x)
    guard determinant != 0, determinant.isFinite else { return nil }
    let d = 1 / determinant
    let inverse = Homography(
      x: SIMD3(y.y * w.z - y.z * w.y, x.z * w.y - x.y * w.z, x.y * y.z - x.z * y.y) * d,
      y: SIMD3(y.z * w.x - y.x * w.z, x.x * w.z - x.z * w.x, x.z * y.x - x.x * y.z) * d,
      w: SIMD3(y.x * w.y - y.y * w.x, x.y * w.x - x.x * w.y, x.x * y.y - x.y * y.x) * d)
    return inverse.isFinite ? inverse : nil
  }

  /// Where a point goes.
  public func callAsFunction(x px: Double, y py: Double) -> (x: Double, y: Double) {
    let divisor = px * w.x + py * w.y + w.z
    return (
      (px * x.x + py * x.y + x.z) / divisor, (px * y.x + py * y.y + y.z) / divisor
    )
  }

  /// The smallest upright box around the four corners of a box where they go: NanoDet's
  /// `warp_boxes`, in double precision and without its clipping.
  public func bounds(of box: Box) -> Box {
    let (left, top) = (Double(box.x1), Double(box.y1))
    let (right, bottom) = (Double(box.x2), Double(box.y2))
    let corners = [
      self(x: left, y: top), self(x: right, y: bottom), self(x: left, y: bottom),
      self(x: right, y: top),
    ]
    let (columns, rows) = (corners.map(\.x), corners.map(\.y))
    return Box(
      x1: Float(columns.reduce(.infinity, min)), y1: Float(rows.reduce(.infinity, min)),
      x2: Float(columns.reduce(-.infinity, max)), y2: Float(rows.reduce(-.infinity, max)))
  }
}
