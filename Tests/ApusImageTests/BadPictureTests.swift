import ApusImage
import ApusTestSupport
import Foundation
import Testing

/// Broken, hostile and extreme pictures: one error that says what is wrong, never a crash.
struct BadPictureTests {
  @Test(arguments: ImageFormat.allCases)
  func everyTruncationIsAnError(format: ImageFormat) throws {
    // A width of 24 leaves no padding at the end of a bitmap's row, without which it is complete.
    let file = try SamplePictures.file(format, width: 24)
    for length in 0..<file.count {
      let error = #expect(throws: ImageError.self, "\(format) cut to \(length) bytes") {
        try ImageDecoder().decode(Array(file[..<length]), name: "cut")
      }
      #expect(error?.source == "cut")
      if length > 64 { #expect(error?.code == .truncated, "\(format) cut to \(length)") }
    }
  }

  @Test(.enabled(if: Shared.isPresent, ReferencePictures.absence))
  func truncatedPhotographIsAnError() throws {
    let file = try Shared.bytes("data/photos/bus.jpg")
    for share in [10, 25, 50, 90, 99] {
      let error = #expect(throws: ImageError.self) {
        try ImageDecoder().decode(Array(file[..<(file.count * share / 100)]), name: "bus.jpg")
      }
      #expect(error?.code == .truncated)
      #expect(error?.description.hasPrefix("bus.jpg, byte ") == true)
    }
  }

  @Test
  func damagedScanIsAnError() throws {
    let image = try SamplePictures.gradient(width: 200, height: 200)
    var file = try image.encoded(as: .jpeg())
    // The second half of the scan is left out, the end marker stays.
    file.removeSubrange(file.count / 2..<file.count - 2)
    let error = #expect(throws: ImageError.self) { try ImageDecoder().decode(file) }
    #expect(error?.code == .truncated)
  }

  @Test
  func unknownBytesAreNamed() {
    for bytes in [[], Array("GIF89a".utf8), Array("not a picture".utf8)] as [[UInt8]] {
      let error = #expect(throws: ImageError.self) { try ImageDecoder().decode(bytes) }
      #expect(error?.code == .unknownFormat)
    }
  }

  @Test
  func hugeDeclaredSizesAreRefusedBeforeDecoding() throws {
    for (name, file) in try Self.hugeFiles() {
      let error = #expect(throws: ImageError.self, "\(name)") {
        try ImageDecoder().decode(file, name: name)
      }
      #expect(error?.code == .tooLarge, "\(name): \(error?.description ?? "")")
    }
  }

  static func hugeFiles() throws -> [(String, [UInt8])] {
    let side: [UInt8] = [0xEA, 0x60]  // 60,000
    var jpeg = try SamplePictures.file(.jpeg)
    let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: side + side)
    var png = try SamplePictures.file(.png)
    let header = [0, 0] + side + [0, 0] + side + png[24..<29]
    png.replaceSubrange(8..<33, with: SamplePictures.chunk("IHDR", header))
    var bmp = try SamplePictures.file(.bmp)
    bmp.replaceSubrange(18..<26, with: [0x60, 0xEA, 0, 0, 0x60, 0xEA, 0, 0])
    var lossless = try SamplePictures.gradient(width: 9, height: 9)
      .encoded(as: .webp(quality: nil))
    // Both sides minus one in 14 bits each, all set: 16,384 x 16,384.
    lossless.replaceSubrange(21..<25, with: [0xFF, 0xFF, 0xFF, lossless[24] | 0x0F])
    return [("jpeg", jpeg), ("png", png), ("bmp", bmp), ("webp", lossless)]
  }

  @Test
  func limitsAreInclusive() throws {
    let image = try SamplePictures.gradient(width: 10, height: 10)
    let file = try image.encoded(as: .png)
    #expect(try ImageDecoder(limits: ImageLimits(maximumPixels: 100)).decode(file) == image)
    for limits in [ImageLimits(maximumPixels: 99), ImageLimits(maximumSide: 9)] {
      let error = #expect(throws: ImageError.self) {
        try ImageDecoder(limits: limits).decode(file)
      }
      #expect(error?.code == .tooLarge)
    }
  }

  /// 20,000 x 10,000 is accepted: a bitmap of one bit per pixel, letterboxed for a network.
  @Test
  func largestPictureIsLetterboxed() throws {
    let row = [UInt8](repeating: 0xFF, count: 2500)
    let data = [UInt8](repeating: 0xFF, count: row.count * 10_000)
    let file = BMPTests.file(
      width: 20_000, height: 10_000, bits: 1, palette: [[0, 0, 0], [9, 8, 7]], data: data)
    let (image, geometry) = try ImageDecoder().decode(file)
      .letterboxed(Letterbox(width: 640, height: 640))
    #expect(geometry.contentHeight == 320 && geometry.top == 160)
    #expect(image.pixel(x: 320, y: 320) == [9, 8, 7])
    #expect(image.pixel(x: 320, y: 159) == [114, 114, 114])
    let wider = BMPTests.file(
      width: 20_001, height: 10_000, bits: 1, palette: [[0, 0, 0], [9, 8, 7]], data: [])
    let error = #expect(throws: ImageError.self) { try ImageDecoder().decode(wider) }
    #expect(error?.code == .tooLarge)
  }

  @Test(arguments: [(1, 1), (1, 20_000), (20_000, 1)])
  func thinPicturesAreLetterboxed(width: Int, height: Int) throws {
    let image = try Image(
      width: width, height: height, format: .bgr, filledWith: Color(gray: 200))
    let (input, geometry) = try image.letterboxed(Letterbox(width: 640, height: 640))
    #expect(input.width == 640 && input.height == 640)
    #expect(geometry.contentWidth >= 1 && geometry.contentHeight >= 1)
    #expect(input.pixel(x: geometry.left, y: geometry.top) == [200, 200, 200])
    let boxes = [
      LabeledBox(x1: -5, y1: -5, x2: 3, y2: 3, label: "wide label", colorIndex: 0),
      LabeledBox(x1: .nan, y1: 0, x2: .infinity, y2: 3, label: "none", colorIndex: 1),
      LabeledBox(x1: -.infinity, y1: 0, x2: .infinity, y2: 3, label: "all", colorIndex: -1),
    ]
    #expect(try image.annotated(boxes).width == width)
  }
}
