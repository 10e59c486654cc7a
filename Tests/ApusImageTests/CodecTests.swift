import ApusImage
import Foundation
import Testing

struct CodecTests {
  /// The largest difference that JPEG and WebP may make to a smooth picture at high quality.
  static let lossyTolerance = 40

  @Test(arguments: [(1, 1), (1, 9), (9, 1), (2, 2), (23, 17), (64, 64)])
  func losslessFormatsKeepEverySample(width: Int, height: Int) throws {
    let image = try SamplePictures.gradient(width: width, height: height)
    for encoding in [ImageEncoding.png, .bmp, .webp(quality: nil)] {
      #expect(try ImageDecoder().decode(image.encoded(as: encoding)) == image)
    }
  }

  @Test(arguments: [(1, 1), (1, 9), (9, 1), (23, 17)])
  func lossyFormatsStayClose(width: Int, height: Int) throws {
    let image = try Image(
      width: width, height: height, format: .rgb,
      filledWith: Color(red: 90, green: 160, blue: 220))
    for encoding in [
      ImageEncoding.jpeg(quality: 95), .jpeg(quality: 95, subsampling: .quarter),
      .webp(quality: 95),
    ] {
      let decoded = try ImageDecoder().decode(image.encoded(as: encoding))
      #expect(decoded.width == width && decoded.height == height)
      let gap = zip(decoded.pixels, image.pixels).map { abs(Int($0) - Int($1)) }.max()
      #expect(try #require(gap) <= Self.lossyTolerance)
    }
  }

  @Test(arguments: PixelFormat.allCases)
  func everyPixelFormatIsWritten(format: PixelFormat) throws {
    let image = try SamplePictures.gradient(width: 8, height: 6, format: format)
    for file in ImageFormat.allCases {
      let bytes = try image.encoded(as: ImageEncoding(file))
      #expect(ImageFormat(sniffing: bytes) == file)
      #expect(try ImageDecoder().decode(bytes).width == 8)
    }
    #expect(try ImageDecoder().decode(image.encoded(as: .png)) == image.converted(to: .rgb))
  }

  @Test
  func pixelOrderIsTheCallersChoice() throws {
    let image = try Image(
      width: 2, height: 1, format: .rgb, pixels: [10, 20, 30, 40, 50, 60])
    let bytes = try image.encoded(as: .png)
    #expect(try ImageDecoder().decode(bytes, as: .bgr).pixels == [30, 20, 10, 60, 50, 40])
    #expect(
      try ImageDecoder().decode(bytes, as: .rgba).pixels == [10, 20, 30, 255, 40, 50, 60, 255])
    #expect(try ImageDecoder().decode(bytes, as: .gray).pixels == [18, 48])
    #expect(image.pixel(x: 1, y: 0) == [40, 50, 60])
    #expect(image.pixel(x: 2, y: 0) == nil)
  }

  @Test(arguments: Orientation.allCases, [true, false])
  func orientationIsApplied(orientation: Orientation, bigEndian: Bool) throws {
    let stored = try SamplePictures.gradient(width: 23, height: 17)
    let tiff = SamplePictures.tiff(orientation: orientation.rawValue, bigEndian: bigEndian)
    let jpeg = try stored.encoded(as: .jpeg())
    let lossy = try ImageDecoder().decode(jpeg)
    let webp = try stored.encoded(as: .webp(quality: nil))
    let files: [([UInt8], Image)] = [
      (SamplePictures.jpeg(jpeg, withExif: tiff), lossy),
      (SamplePictures.png(try stored.encoded(as: .png), withChunk: "eXIf", tiff), stored),
      (SamplePictures.webp(webp, width: 23, height: 17, withExif: tiff), stored),
    ]
    for (bytes, upright) in files {
      #expect(try ImageDecoder().header(bytes).orientation == orientation)
      #expect(try ImageDecoder().decode(bytes) == upright.oriented(orientation))
      #expect(try ImageDecoder(appliesOrientation: false).decode(bytes) == upright)
    }
  }

  /// What each orientation does to the corners of a picture, by the EXIF table of row and column.
  @Test(arguments: [
    (Orientation.upright, [1, 2, 3, 4, 5, 6]), (.mirrored, [3, 2, 1, 6, 5, 4]),
    (.upsideDown, [6, 5, 4, 3, 2, 1]), (.flipped, [4, 5, 6, 1, 2, 3]),
    (.transposed, [1, 4, 2, 5, 3, 6]), (.turnRight, [4, 1, 5, 2, 6, 3]),
    (.transversed, [6, 3, 5, 2, 4, 1]), (.turnLeft, [3, 6, 2, 5, 1, 4]),
  ])
  func orientationMovesPixels(orientation: Orientation, expected: [UInt8]) throws {
    let image = try Image(width: 3, height: 2, format: .gray, pixels: [1, 2, 3, 4, 5, 6])
    let seen = image.oriented(orientation)
    #expect(seen.pixels == expected)
    #expect(seen.width == (orientation.swapsSides ? 2 : 3))
  }

  @Test
  func transparencyAndGammaAreIgnored() throws {
    let image = try SamplePictures.gradient(width: 9, height: 5)
    let png = try image.encoded(as: .png)
    let gamma = SamplePictures.png(png, withChunk: "gAMA", SamplePictures.bigEndian32(100_000))
    #expect(try ImageDecoder().decode(gamma) == image)
    let key = SamplePictures.png(png, withChunk: "tRNS", [0, image.pixels[0], 0, 0, 0, 0])
    #expect(try ImageDecoder().decode(key) == image)
  }

  /// Cameras and editors leave stray bytes before the end marker; all pixels are there.
  @Test
  func strayBytesInJPEGAreHarmless() throws {
    let file = try SamplePictures.file(.jpeg)
    let stray = file.dropLast(2) + [0x12, 0x34, 0x56] + file.suffix(2)
    #expect(try ImageDecoder().decode(Array(stray)) == ImageDecoder().decode(file))
    let trailing = file + [0, 0, 0, 0xFF, 0xD8, 1, 2]
    #expect(try ImageDecoder().decode(trailing) == ImageDecoder().decode(file))
  }

  @Test
  func filesAreWrittenByTheirEnding() throws {
    let image = try SamplePictures.gradient(width: 12, height: 9)
    try withTemporaryFolder { folder in
      for name in ["a.jpg", "b.PNG", "c.webp", "d.bmp"] {
        let path = folder.appendingPathComponent(name).path
        try image.write(to: path)
        #expect(try ImageDecoder().decode(contentsOf: path).width == 12)
      }
      let path = folder.appendingPathComponent("e.xyz").path
      #expect(throws: ImageError.self) { try image.write(to: path) }
      let missing = folder.appendingPathComponent("none/f.png").path
      let error = #expect(throws: ImageError.self) { try image.write(to: missing) }
      #expect(error?.code == .unwritable && error?.source == missing)
      let unread = #expect(throws: ImageError.self) {
        try ImageDecoder().decode(contentsOf: missing)
      }
      #expect(unread?.code == .unreadable && unread?.source == missing)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 4)
    }
  }
}
