import ApusBoxes
import ApusImage
import ApusTestSupport
import Testing

/// Laws of warps, and their slow twin: one pixel at a time, weights from OpenCV's table.
struct WarpTests {
  static let matrices: [Homography] = [
    .scaling(x: 0.4, y: 1.7),
    .translation(x: 3.25, y: -1.5) * .scaling(x: 2.5, y: 0.75),
    Homography(x: SIMD3(0.8, 0.31, -2), y: SIMD3(-0.22, 1.1, 4)),
    Homography(x: SIMD3(0.9, 0.1, 1), y: SIMD3(0.05, 1.2, -3), w: SIMD3(0.011, -0.004, 1)),
    // The divisor changes its sign within the picture.
    Homography(x: SIMD3(1, 0.2, 0), y: SIMD3(0.1, 1, 0), w: SIMD3(0.06, 0.02, -1)),
  ]

  @Test(arguments: matrices, [PixelFormat.gray, .bgr, .rgba])
  func equalsSlowTwin(matrix: Homography, format: PixelFormat) throws {
    let image = try SamplePictures.gradient(width: 29, height: 23).converted(to: format)
    let border = Color(red: 200, green: 30, blue: 90)
    for (width, height) in [(37, 19), (64, 8), (5, 70)] {
      for arithmetic in WarpArithmetic.allCases
      where arithmetic != .affineFixedPoint || matrix.w == SIMD3(0, 0, 1) {
        let fast = try image.warped(
          by: matrix, toWidth: width, height: height, border: border, arithmetic: arithmetic)
        let twin = SlowWarp(
          image: image, inverse: try #require(matrix.inverse), border: border,
          width: width, height: height)
        #expect(
          fast.pixels == twin.pixels(arithmetic), "\(matrix) \(width)x\(height) \(arithmetic)")
      }
    }
  }

  @Test(arguments: WarpArithmetic.allCases)
  func wholePixelMovesKeepSamples(arithmetic: WarpArithmetic) throws {
    let image = try SamplePictures.gradient(width: 21, height: 9)
    let still = try image.warped(
      by: .scaling(x: 1, y: 1), toWidth: 21, height: 9, arithmetic: arithmetic)
    #expect(still == image)
    let moved = try image.warped(
      by: .translation(x: 2, y: 1), toWidth: 23, height: 10, border: Color(gray: 7),
      arithmetic: arithmetic)
    #expect(moved.pixel(x: 1, y: 5) == [7, 7, 7] && moved.pixel(x: 5, y: 0) == [7, 7, 7])
    #expect(moved.pixel(x: 2, y: 1) == image.pixel(x: 0, y: 0))
    #expect(moved.pixel(x: 22, y: 9) == image.pixel(x: 20, y: 8))
  }

  @Test
  func badMatricesAreErrors() throws {
    let image = try SamplePictures.gradient(width: 4, height: 4)
    let bad = [
      Homography.scaling(x: 0, y: 1), .scaling(x: .nan, y: 1), .translation(x: .infinity, y: 0),
      .scaling(x: 1e-200, y: 1e-200),
    ]
    for matrix in bad {
      for arithmetic in WarpArithmetic.allCases {
        #expect(throws: ImageError.self) {
          try image.warped(by: matrix, toWidth: 4, height: 4, arithmetic: arithmetic)
        }
      }
    }
    #expect(throws: ImageError.self) {
      try image.warped(
        by: Self.matrices[3], toWidth: 4, height: 4, arithmetic: .affineFixedPoint)
    }
    #expect(throws: ImageError.self) {
      try image.warped(by: .scaling(x: 1, y: 1), toWidth: 0, height: 4)
    }
  }

  /// Places far outside, and numbers that do not fit in an integer, are border.
  @Test(arguments: WarpArithmetic.allCases)
  func extremeMatricesGiveBorder(arithmetic: WarpArithmetic) throws {
    let image = try SamplePictures.gradient(width: 4, height: 4)
    for matrix in [Homography.translation(x: 1e12, y: -1e30), .scaling(x: 1e-30, y: 1e-30)] {
      let output = try image.warped(
        by: matrix, toWidth: 3, height: 3, border: Color(gray: 9), arithmetic: arithmetic)
      #expect(output.pixel(x: 2, y: 2) == [9, 9, 9])
    }
  }

  @Test
  func inverseMapsBack() throws {
    for matrix in Self.matrices {
      let inverse = try #require(matrix.inverse)
      let there = matrix(x: 3.5, y: 11)
      let back = inverse(x: there.x, y: there.y)
      #expect(abs(back.x - 3.5) < 1e-12 && abs(back.y - 11) < 1e-12)
    }
  }
}

/// The obvious way to warp.
struct SlowWarp {
  let image: Image
  let inverse: Homography
  let border: Color
  let width: Int
  let height: Int

  func pixels(_ arithmetic: WarpArithmetic) -> [UInt8] {
    (0..<height).flatMap { row in
      (0..<width).flatMap { column in
        switch arithmetic {
        case .singlePrecision: singlePrecision(column, row)
        case .fixedPoint: fixedPoint(rounded(column, row))
        case .affineFixedPoint: fixedPoint(cut(column, row))
        }
      }
    }
  }

  /// Four samples of each channel: a pixel, its right, lower and lower right neighbour.
  private func neighbours(_ x: Int, _ y: Int) -> [[UInt8]] {
    let outside = try? Image(width: 1, height: 1, format: image.format, filledWith: border)
    let around = [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)].map { place in
      image.pixel(x: place.0, y: place.1) ?? outside?.pixels ?? []
    }
    return (0..<image.format.channels).map { channel in around.map { $0[channel] } }
  }

  private func singlePrecision(_ column: Int, _ row: Int) -> [UInt8] {
    let places = [inverse.x, inverse.y, inverse.w].map { coefficients in
      let m = SIMD3<Float>(coefficients)
      let rise = Float(row) * m.y
      return column < width / 16 * 16
        ? (rise + m.z).addingProduct(m.x, Float(column))
        : rise.addingProduct(m.x, Float(column)) + m.z
    }
    let (x, y) = (places[0] / places[2], places[1] / places[2])
    guard abs(x) < 1e6, abs(y) < 1e6 else { return neighbours(-9, -9).map { $0[0] } }
    let (left, top) = (x.rounded(.down), y.rounded(.down))
    return neighbours(Int(left), Int(top)).map { around in
      let p = around.map { Float($0) }
      let upper = p[0].addingProduct(x - left, p[1] - p[0])
      let lower = p[2].addingProduct(x - left, p[3] - p[2])
      return UInt8(upper.addingProduct(y - top, lower - upper).rounded(.toNearestOrEven))
    }
  }

  /// The place in 1/32 pixel by `warpPerspective`.
  private func rounded(_ column: Int, _ row: Int) -> (Int, Int) {
    let piece = min(1024 / min(16, height), width)
    let (start, step) = (Double(column / piece * piece), Double(column % piece))
    let sums = [inverse.x, inverse.y, inverse.w].map { m in
      m.x * start + m.y * Double(row) + m.z + m.x * step
    }
    let scale = sums[2] == 0 ? 0 : 32 / sums[2]
    let places = sums.map { sum in
      Int(min(max(sum * scale, -2_147_483_648), 2_147_483_647).rounded(.toNearestOrEven))
    }
    return (places[0], places[1])
  }

  /// The place in 1/32 pixel by `warpAffine`.
  private func cut(_ column: Int, _ row: Int) -> (Int, Int) {
    let places = [inverse.x, inverse.y].map { m in
      let start = ((m.y * Double(row) + m.z) * 1024).rounded(.toNearestOrEven)
      let step = (m.x * Double(column) * 1024).rounded(.toNearestOrEven)
      return (Int(start) + Int(step) + 16) >> 5
    }
    return (places[0], places[1])
  }

  /// Weights of 15 bits in 16-bit integers, made to sum to 32768 as OpenCV's `initInterTab2D` does.
  private func fixedPoint(_ place: (Int, Int)) -> [UInt8] {
    let (a, b) = (Float(place.0 & 31) / 32, Float(place.1 & 31) / 32)
    var weights = [(1 - b) * (1 - a), (1 - b) * a, b * (1 - a), b * a].map { weight in
      Int(min((weight * 32768).rounded(.toNearestOrEven), 32767))
    }
    weights[3] += 32768 - weights.reduce(0, +)
    return neighbours(place.0 >> 5, place.1 >> 5).map { around in
      let sum = zip(around, weights).reduce(0) { $0 + Int($1.0) * $1.1 }
      return UInt8((sum + 16384) >> 15)
    }
  }
}
