import CTurboJPEG

/// JPEG by libjpeg-turbo's own API, which reports errors by value and never jumps into Swift.
///
/// The library's defaults (accurate integer DCT, smooth chroma upsampling) are also OpenCV's, so
/// the decoded samples are equal.
enum JPEGCodec {
  static func decode(
    _ data: ByteReader, limits: ImageLimits
  ) throws(ImageError) -> (image: Image, orientation: Orientation?) {
    let markers = try JPEGMarkers(data)
    try limits.check(width: markers.width, height: markers.height)
    guard let handle = tjInitDecompress() else { throw unavailable("decoder") }
    defer { _ = tjDestroy(handle) }
    try checkHeader(markers, data, handle)
    let isCMYK = markers.components == 4
    let pixelFormat = isCMYK ? TJPF_CMYK : TJPF_RGB
    let channels = isCMYK ? 4 : 3
    let format: PixelFormat = isCMYK ? .rgba : .rgb
    var status: Int32 = 0
    let image = Image(width: markers.width, height: markers.height, format: format) { buffer in
      // A decoder that stops early leaves rows unwritten.
      buffer.initialize(repeating: 0)
      status = tjDecompress2(
        handle, data.bytes.baseAddress, UInt(data.count), buffer.baseAddress,
        Int32(markers.width), Int32(markers.width * channels), Int32(markers.height),
        Int32(pixelFormat.rawValue), Int32(TJFLAG_LIMITSCANS))
    }
    if status != 0 { try checkFailure(handle) }
    return (isCMYK ? fromInvertedCMYK(image) : image, markers.orientation)
  }

  /// Confirms that the library sees the frame header the marker walk saw.
  private static func checkHeader(
    _ markers: JPEGMarkers, _ data: ByteReader, _ handle: tjhandle
  ) throws(ImageError) {
    var (width, height, subsampling, space) = (Int32(-1), Int32(-1), Int32(-1), Int32(-1))
    let status = tjDecompressHeader3(
      handle, data.bytes.baseAddress, UInt(data.count), &width, &height, &subsampling, &space)
    // Unusual chroma subsampling fails here, after the size was stored, yet decodes well.
    guard status == 0 || (width > 0 && height > 0) else {
      throw .corrupt(at: nil, expected: "a JPEG header", found: message(handle))
    }
    guard Int(width) == markers.width, Int(height) == markers.height else {
      throw .corrupt(
        at: nil, expected: "one frame of \(markers.width) x \(markers.height)",
        found: "\(width) x \(height)")
    }
  }

  /// Throws unless the decoder's complaint is one that leaves all pixels intact.
  private static func checkFailure(_ handle: tjhandle) throws(ImageError) {
    let complaint = message(handle)
    if tjGetErrorCode(handle) == Int32(TJERR_WARNING.rawValue), isHarmless(complaint) { return }
    if complaint.contains("remature end") {
      throw .truncated(at: nil, expected: "data for every block", found: complaint)
    }
    throw .corrupt(at: nil, expected: "decodable JPEG data", found: complaint)
  }

  /// Whether a warning is of the kinds that real, undamaged photographs give.
  ///
  /// Stray bytes before a restart marker mean damaged blocks, before any other they do not.
  static func isHarmless(_ warning: String) -> Bool {
    if warning.contains("extraneous bytes before marker") {
      return !(0xD0...0xD7).contains { warning.hasSuffix("0x" + String($0, radix: 16)) }
    }
    return ["Unknown Adobe", "unknown JFIF", "Invalid SOS parameters"].contains {
      warning.contains($0)
    }
  }

  /// Print colours to screen colours, with the samples inverted as Adobe stores them.
  ///
  /// The formula is OpenCV's: `k - (((255 - c) * k) >> 8)`, whatever the file's markers say.
  private static func fromInvertedCMYK(_ image: Image) -> Image {
    image.pixels.withUnsafeBufferPointer { source in
      Image(width: image.width, height: image.height, format: .rgb) { out in
        for index in 0..<image.width * image.height {
          let black = Int(source[4 * index + 3])
          for channel in 0..<3 {
            let ink = Int(source[4 * index + channel])
            out[3 * index + channel] = UInt8(clamping: black - (((255 - ink) * black) >> 8))
          }
        }
      }
    }
  }

  static func encode(
    _ image: Image, quality: Int, subsampling: JPEGSubsampling
  ) throws(ImageError) -> [UInt8] {
    guard let handle = tjInitCompress() else { throw unavailable("encoder") }
    defer { _ = tjDestroy(handle) }
    var output: UnsafeMutablePointer<UInt8>?
    defer { tjFree(output) }
    var size: UInt = 0
    let sampling =
      image.format == .gray
      ? TJSAMP_GRAY : (subsampling == .full ? TJSAMP_444 : TJSAMP_420)
    let pixelFormat =
      switch image.format {
      case .gray: TJPF_GRAY
      case .rgb: TJPF_RGB
      case .bgr: TJPF_BGR
      case .rgba: TJPF_RGBA
      }
    let status = image.pixels.withUnsafeBufferPointer { pixels in
      tjCompress2(
        handle, pixels.baseAddress, Int32(image.width),
        Int32(image.width * image.format.channels), Int32(image.height),
        Int32(pixelFormat.rawValue), &output, &size, Int32(sampling.rawValue),
        Int32(min(max(quality, 1), 100)), 0)
    }
    guard status == 0, let output else {
      throw ImageError(
        .codec, expected: "a JPEG of \(image.width) x \(image.height)", found: message(handle),
        remedy: "Write a PNG instead.")
    }
    return Array(UnsafeBufferPointer(start: output, count: Int(size)))
  }

  private static func message(_ handle: tjhandle) -> String {
    tjGetErrorStr2(handle).map { String(cString: $0) } ?? "an unnamed failure"
  }

  private static func unavailable(_ part: String) -> ImageError {
    ImageError(
      .codec, expected: "a JPEG \(part)", found: "none; libturbojpeg did not start",
      remedy: "Free some memory and try again.")
  }
}
