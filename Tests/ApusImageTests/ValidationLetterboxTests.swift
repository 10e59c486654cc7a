import ApusBoxes
import ApusImage
import ApusTestSupport
import Testing

/// Pictures fitted as `load_image` and `letterbox` of YOLOv5's data loader (v7.0, `utils/dataloaders.py`) fit
/// them, and boxes mapped back as `scale_boxes` of its `val.py` maps them with `ratio_pad`.
struct ValidationLetterboxTests {
  /// A picture, the longest side in pixels, the input's size, and what upstream makes of them.
  struct Case: CustomTestStringConvertible {
    var image: (width: Int, height: Int)
    var side: Int
    var input: (width: Int, height: Int)
    /// Sides of the picture in the input.
    var content: (width: Int, height: Int)
    /// Padding before the picture.
    var corner: (left: Int, top: Int)
    /// `pad` of `ratio_pad`.
    var pad: (x: Double, y: Double)
    /// `ratio_pad[0][0]`: the scale of both axes.
    var gain: Double

    var testDescription: String {
      "\(image.width)x\(image.height) at \(side) in \(input.width)x\(input.height)"
    }

    var letterbox: Letterbox {
      Letterbox(width: input.width, height: input.height, longestSide: side, rounding: .up)
    }
  }

  static let cases = [
    // 425 · 0.65 = 276.25 → 277 columns, which leaves 139: 69 before, 70 after.
    Case(
      image: (425, 640), side: 416, input: (416, 416), content: (277, 416), corner: (69, 0),
      pad: (69.5, 0), gain: 416.0 / 640),
    // The same on its side: the scale is the height's, 277 / 425, for both axes.
    Case(
      image: (640, 425), side: 416, input: (416, 416), content: (416, 277), corner: (0, 69),
      pad: (0, 69.5), gain: 277.0 / 425),
    // In a rectangle: 448 - 416 = 32 columns and 320 - 277 = 43 rows are left.
    Case(
      image: (640, 425), side: 416, input: (448, 320), content: (416, 277), corner: (16, 21),
      pad: (16, 21.5), gain: 277.0 / 425),
    // A small picture is enlarged to the longest side, and no further: 100 · 2.56 = 256, 80 · 2.56 = 204.8.
    Case(
      image: (100, 80), side: 256, input: (288, 256), content: (256, 205), corner: (16, 25),
      pad: (16, 25.5), gain: 205.0 / 80),
    // Nothing to do: 640 x 480 at 640 in the square.
    Case(
      image: (640, 480), side: 640, input: (640, 640), content: (640, 480), corner: (0, 80),
      pad: (0, 80), gain: 1),
    // 734 · (416 / 734) is a little above 416 in binary64, so upstream makes it 417; 197 · 0.5667… = 111.65.
    Case(
      image: (734, 197), side: 416, input: (448, 160), content: (417, 112), corner: (15, 24),
      pad: (15.5, 24), gain: 112.0 / 197),
    // 100 columns by 0.0512 are 5.12 → 6.
    Case(
      image: (1250, 100), side: 64, input: (64, 64), content: (64, 6), corner: (0, 29),
      pad: (0, 29), gain: 6.0 / 100),
  ]

  @Test(arguments: cases)
  func picturesLieWhereUpstreamPutsThem(_ row: Case) throws {
    let geometry = try row.letterbox.geometry(
      imageWidth: row.image.width, imageHeight: row.image.height)
    #expect(geometry.width == row.input.width && geometry.height == row.input.height)
    #expect(
      geometry.contentWidth == row.content.width && geometry.contentHeight == row.content.height)
    #expect(geometry.left == row.corner.left && geometry.top == row.corner.top)
    let mapping = geometry.validated
    #expect(mapping.scaleX == row.gain && mapping.scaleY == row.gain)
    #expect(mapping.left == row.pad.x && mapping.top == row.pad.y)
  }

  /// (100.5 - 69.5) / 0.65 = 47.69, (65 - 0) / 0.65 = 100, and so on.
  @Test func boxesAreMappedByHeightAndHalfPixels() throws {
    let upright = try Self.cases[0].letterbox.geometry(imageWidth: 425, imageHeight: 640)
    Self.expect(
      upright.validated.toOriginal(Box(x1: 100.5, y1: 65, x2: 165.5, y2: 130)),
      [31 / 0.65, 100, 96 / 0.65, 200])
    // 277 / 425 = 0.65176…: 65.17647 columns are 100 pixels, 69.5 + 65.17647 rows lie at 100.
    let lying = try Self.cases[1].letterbox.geometry(imageWidth: 640, imageHeight: 425)
    Self.expect(
      lying.validated.toOriginal(Box(x1: 65.17647, y1: 134.67647, x2: 130.35294, y2: 199.85294)),
      [100, 100, 200, 200])
    // The right edge of the input is 416 / 0.65176 = 638.27 here, though the picture has 640 columns.
    Self.expect(
      lying.validated.toOriginal(Box(x1: 0, y1: 0, x2: 416, y2: 416)),
      [0, 0, 416 * 425 / 277, 425])
  }

  private static func expect(_ box: Box, _ expected: [Double]) {
    for (found, expected) in zip([box.x1, box.y1, box.x2, box.y2], expected) {
      #expect(Tolerance.rounding.accepts(Double(found), expected), "\(found), not \(expected)")
    }
  }

  /// What `load_image` and `letterbox` of a data loader without augmentation leave.
  struct Loaded {
    var width: Int
    var height: Int
    var padX: Double
    var padY: Double
    var gain: Double

    /// `load_image` at a side, then `letterbox(auto=False, scaleup=False)` into an input that holds it.
    init?(width w0: Int, height h0: Int, side: Int, into input: (width: Int, height: Int)) {
      let ratio = Double(side) / Double(max(w0, h0))
      width = ratio == 1 ? w0 : Int((Double(w0) * ratio).rounded(.up))
      height = ratio == 1 ? h0 : Int((Double(h0) * ratio).rounded(.up))
      gain = Double(height) / Double(h0)
      guard width <= input.width, height <= input.height else { return nil }
      padX = Double(input.width - width) / 2
      padY = Double(input.height - height) / 2
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func anySizeIsFittedAsTheLoaderDoes(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var checked = 0
    for _ in 0..<400 {
      let (width, height) = (
        Int.random(in: 16...2000, using: &generator), Int.random(in: 16...2000, using: &generator)
      )
      let side = [320, 416, 640].randomElement(using: &generator) ?? 320
      // Squares, and rectangles with room on both sides as the loader makes them.
      let input = Bool.random(using: &generator) ? (side, side) : (side + 32, side + 64)
      guard let loaded = Loaded(width: width, height: height, side: side, into: input) else {
        continue
      }
      checked += 1
      let geometry = try Letterbox(
        width: input.0, height: input.1, longestSide: side, rounding: .up
      ).geometry(imageWidth: width, imageHeight: height)
      let place = "\(width)x\(height) at \(side) in \(input)"
      #expect(
        geometry.contentWidth == loaded.width && geometry.contentHeight == loaded.height,
        "\(place): \(geometry.contentWidth)x\(geometry.contentHeight)")
      let mapping = geometry.validated
      #expect(mapping.scaleX == loaded.gain && mapping.scaleY == loaded.gain, "\(place)")
      #expect(mapping.left == loaded.padX && mapping.top == loaded.padY, "\(place)")
    }
    #expect(checked > 300)
  }

  @Test func stretchedPicturesKeepTheScaleOfEachAxis() throws {
    let geometry = try Letterbox(width: 64, height: 32, mode: .stretch, longestSide: 64)
      .geometry(imageWidth: 128, imageHeight: 128)
    #expect(geometry.validated.scaleX == 0.5 && geometry.validated.scaleY == 0.25)
    #expect(geometry.validated.toOriginal(Box(x1: 8, y1: 8, x2: 16, y2: 16)).y2 == 64)
  }

  @Test func aPictureThatDoesNotFitIsShrunkFurther() throws {
    let geometry = try Letterbox(width: 64, height: 32, longestSide: 64, rounding: .up)
      .geometry(imageWidth: 100, imageHeight: 100)
    #expect(geometry.contentWidth == 32 && geometry.contentHeight == 32)
    #expect(geometry.left == 16 && geometry.top == 0)
    #expect(geometry.validated.scaleX == 0.32)
  }
}
