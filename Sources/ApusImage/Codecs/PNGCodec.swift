import CPNG

/// PNG by libpng's simplified API, which returns errors by value and needs no `setjmp`.
///
/// That API composites alpha, applies gamma and honours `tRNS`; OpenCV does none of these. So the
/// library is handed only the chunks that make the pixels (IHDR, PLTE, IDAT, IEND), and alpha
/// samples are read and then dropped. Samples of 16 bits keep their high byte as in OpenCV, except
/// with alpha, where the API rounds to the nearest of 255 levels instead (one level apart at most).
enum PNGCodec {
  static func decode(
    _ data: ByteReader, limits: ImageLimits
  ) throws(ImageError) -> (image: Image, orientation: Orientation?) {
    let chunks = try PNGChunks(data)
    try limits.check(width: chunks.width, height: chunks.height, at: 16)
    var stream: [UInt8] = []
    stream.reserveCapacity(chunks.essential.reduce(0) { $0 + $1.count })
    for range in chunks.essential { stream.append(contentsOf: data.bytes[range]) }
    let image =
      if chunks.bitDepth == 16, !chunks.hasAlpha {
        try decodeDeep(stream, chunks)
      } else {
        try decodeShallow(stream, chunks)
      }
    return (image, chunks.orientation)
  }

  private static func decodeShallow(
    _ stream: [UInt8], _ chunks: PNGChunks
  ) throws(ImageError) -> Image {
    let format: PixelFormat = chunks.hasAlpha ? .rgba : .rgb
    let flags =
      UInt32(PNG_FORMAT_FLAG_COLOR) | (chunks.hasAlpha ? UInt32(PNG_FORMAT_FLAG_ALPHA) : 0)
    var failure: String?
    let image = Image(width: chunks.width, height: chunks.height, format: format) { buffer in
      buffer.initialize(repeating: 0)
      failure = read(
        stream, chunks, format: flags, into: UnsafeMutableRawPointer(buffer.baseAddress))
    }
    if let failure { throw corrupt(failure) }
    return image.converted(to: .rgb)
  }

  /// Reads 16-bit samples unchanged and keeps their high bytes.
  private static func decodeDeep(
    _ stream: [UInt8], _ chunks: PNGChunks
  ) throws(ImageError) -> Image {
    var samples = [UInt16](repeating: 0, count: chunks.width * chunks.height * 3)
    let flags = UInt32(PNG_FORMAT_FLAG_COLOR) | UInt32(PNG_FORMAT_FLAG_LINEAR)
    let failure = samples.withUnsafeMutableBytes {
      read(stream, chunks, format: flags, into: $0.baseAddress)
    }
    if let failure { throw corrupt(failure) }
    return Image(width: chunks.width, height: chunks.height, format: .rgb) { out in
      for index in samples.indices { out[index] = UInt8(samples[index] >> 8) }
    }
  }

  /// Decodes into a buffer of the declared size; answers the library's complaint, if any.
  private static func read(
    _ stream: [UInt8], _ chunks: PNGChunks, format: UInt32, into buffer: UnsafeMutableRawPointer?
  ) -> String? {
    var control = png_image()
    control.version = UInt32(PNG_IMAGE_VERSION)
    defer { png_image_free(&control) }
    return stream.withUnsafeBytes { bytes in
      guard png_image_begin_read_from_memory(&control, bytes.baseAddress, bytes.count) != 0 else {
        return message(control)
      }
      guard Int(control.width) == chunks.width, Int(control.height) == chunks.height else {
        return "another size than the header's"
      }
      control.format = format
      control.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB) & (format & linearFlag == 0 ? ~0 : 0)
      guard png_image_finish_read(&control, nil, buffer, 0, nil) != 0 else {
        return message(control)
      }
      return nil
    }
  }

  private static let linearFlag = UInt32(PNG_FORMAT_FLAG_LINEAR)

  static func encode(_ image: Image) throws(ImageError) -> [UInt8] {
    let source = image.format == .bgr ? image.converted(to: .rgb) : image
    let raw = (source.width * source.format.channels + 1) * source.height
    // Deflate's bound for incompressible data, the chunk overhead, and the fixed chunks.
    var size = raw + raw / 256 + 65_536
    for _ in 0..<2 {
      var failure = ""
      let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
        var control = png_image()
        control.version = UInt32(PNG_IMAGE_VERSION)
        control.width = UInt32(source.width)
        control.height = UInt32(source.height)
        control.format =
          switch source.format {
          case .gray: 0
          case .rgb, .bgr: UInt32(PNG_FORMAT_FLAG_COLOR)
          case .rgba: UInt32(PNG_FORMAT_FLAG_COLOR) | UInt32(PNG_FORMAT_FLAG_ALPHA)
          }
        let status = source.pixels.withUnsafeBytes {
          png_image_write_to_memory(
            &control, buffer.baseAddress, &size, 0, $0.baseAddress, 0, nil)
        }
        if status == 0 { failure = message(control) }
        png_image_free(&control)
        initialized = status == 0 ? 0 : size
      }
      if failure.isEmpty { return bytes }
      guard size > raw + raw / 256 + 65_536 else {
        throw ImageError(
          .codec, expected: "a PNG of \(image.width) x \(image.height)", found: failure,
          remedy: "Write another format instead.")
      }
    }
    throw ImageError(
      .codec, expected: "a PNG of \(size) bytes at most", found: "a larger one",
      remedy: "Write another format instead.")
  }

  private static func message(_ control: png_image) -> String {
    withUnsafeBytes(of: control.message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  private static func corrupt(_ complaint: String) -> ImageError {
    .corrupt(at: nil, expected: "decodable PNG data", found: complaint)
  }
}
