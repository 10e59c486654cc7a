import ApusBoxes
import ApusImage
import Testing

struct LetterboxTests {
  /// Boxes pass through single precision twice.
  static let boxTolerance: Float = 1e-3

  @Test(arguments: [(640, 480), (481, 640), (1, 1), (1333, 77), (17, 900)])
  func boxesComeBack(width: Int, height: Int) throws {
    let box = Box(
      x1: 0, y1: 0, x2: Float(width) * 0.75, y2: Float(height) * 0.5)
    for letterbox in Self.variants {
      let geometry = try letterbox.geometry(imageWidth: width, imageHeight: height)
      #expect(geometry.left >= 0 && geometry.right >= 0)
      #expect(geometry.top >= 0 && geometry.bottom >= 0)
      #expect(geometry.width <= letterbox.width && geometry.height <= letterbox.height)
      for mapping in [geometry.placed, geometry.nominal, geometry.inferred] {
        let back = mapping.toOriginal(mapping.toInput(box))
        #expect(abs(back.x1 - box.x1) <= Self.boxTolerance)
        #expect(abs(back.y1 - box.y1) <= Self.boxTolerance)
        #expect(abs(back.x2 - box.x2) <= Self.boxTolerance)
        #expect(abs(back.y2 - box.y2) <= Self.boxTolerance)
      }
    }
  }

  static let variants = [
    Letterbox(width: 640, height: 640),
    Letterbox(width: 640, height: 384, alignment: .topLeft),
    Letterbox(width: 320, height: 320, mode: .stretch),
    Letterbox(width: 640, height: 640, enlarges: false, minimumRectangleStride: 32),
    Letterbox(width: 416, height: 416, rounding: .up),
    Letterbox(width: 320, height: 320, warp: .singlePrecision),
    Letterbox(width: 416, height: 320, mode: .stretch, warp: .fixedPoint),
    Letterbox(
      width: 320, height: 320, enlarges: false, minimumRectangleStride: 32, warp: .singlePrecision),
  ]

  @Test
  func oddPaddingGoesAfterThePicture() throws {
    let geometry = try Letterbox(width: 64, height: 64).geometry(imageWidth: 53, imageHeight: 37)
    #expect(geometry.contentWidth == 64 && geometry.contentHeight == 45)
    #expect(geometry.top == 9 && geometry.bottom == 10)
    #expect(geometry.nominalTop == 9.5)
  }

  /// The data loader's resize rounds up: 500 x 375 by 0.832 is 416 x 312; 333 x 500 is 277.06.
  @Test
  func loaderRoundsUp() throws {
    let up = Letterbox(width: 416, height: 416, rounding: .up)
    #expect(try up.geometry(imageWidth: 333, imageHeight: 500).contentWidth == 278)
    let nearest = Letterbox(width: 416, height: 416)
    #expect(try nearest.geometry(imageWidth: 333, imageHeight: 500).contentWidth == 277)
  }

  @Test
  func clippingStaysInThePicture() throws {
    let geometry = try Letterbox(width: 640, height: 640).geometry(
      imageWidth: 810, imageHeight: 1080)
    let box = geometry.placed.toOriginal(Box(x1: -50, y1: -3, x2: 700, y2: 650))
    #expect(box == Box(x1: 0, y1: 0, x2: 810, y2: 1080))
  }

  @Test
  func paddingHasItsColor() throws {
    let image = try Image(width: 4, height: 2, format: .bgr, filledWith: Color(gray: 1))
    let letterbox = Letterbox(width: 4, height: 4, padding: Color(red: 9, green: 8, blue: 7))
    let padded = try image.letterboxed(letterbox).image
    #expect(padded.pixel(x: 0, y: 0) == [7, 8, 9])
    #expect(padded.pixel(x: 0, y: 1) == [1, 1, 1])
    #expect(padded.pixel(x: 3, y: 3) == [7, 8, 9])
  }

  @Test
  func emptySizesAreErrors() {
    #expect(throws: ImageError.self) {
      try Letterbox(width: 0, height: 4).geometry(imageWidth: 1, imageHeight: 1)
    }
    #expect(throws: ImageError.self) {
      try Image(width: 0, height: 4, format: .rgb, pixels: [])
    }
    #expect(throws: ImageError.self) {
      try Image(width: Int.max, height: 4, format: .rgb, filledWith: Color(gray: 0))
    }
    #expect(throws: ImageError.self) {
      try SamplePictures.gradient(width: 2, height: 2).resized(toWidth: -1, height: 5)
    }
  }

  @Test(arguments: [PixelFormat.rgb, .bgr, .rgba])
  func planesAreInTheOrderAsked(format: PixelFormat) throws {
    let image = try Image(
      width: 2, height: 1, format: .rgb, pixels: [10, 20, 30, 40, 50, 60]
    ).converted(to: format)
    let plain = Normalization(divisor: 1)
    #expect(try image.planar(normalization: plain) == [10, 40, 20, 50, 30, 60])
    #expect(try image.planar(order: .bgr, normalization: plain) == [30, 60, 20, 50, 10, 40])
    let scaled = Normalization(divisor: 2, mean: [1, 2, 3], deviation: [4, 5, 6])
    #expect(try image.planar(normalization: scaled) == [1, 4.75, 1.6, 4.6, 2, 4.5])
    #expect(try image.planar()[0] == Float(10) / 255)
  }

  @Test
  func planarBuffersAreChecked() throws {
    let image = try SamplePictures.gradient(width: 2, height: 2)
    var small = [Float](repeating: 0, count: 11)
    #expect(throws: ImageError.self) {
      try small.withUnsafeMutableBufferPointer { try image.writePlanar(into: $0) }
    }
    #expect(throws: ImageError.self) {
      try image.planar(normalization: Normalization(deviation: [1, 0, 1]))
    }
  }
}
