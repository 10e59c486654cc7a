/// Reads pictures of the four formats, recognised by their first bytes.
///
/// Alpha is dropped, not composited, and colour profiles and gamma are ignored, as OpenCV's
/// `imread` with `IMREAD_COLOR` does: detectors were trained on such pixels.
public struct ImageDecoder: Sendable {
  /// Bounds on the declared size.
  public var limits: ImageLimits
  /// Whether the picture is turned as its EXIF orientation asks.
  public var appliesOrientation: Bool

  /// Makes a decoder.
  public init(limits: ImageLimits = ImageLimits(), appliesOrientation: Bool = true) {
    self.limits = limits
    self.appliesOrientation = appliesOrientation
  }

  /// Decodes a whole file's bytes.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - name: The name errors carry.
  ///   - format: The pixel format of the answer. `.gray` is the luma of the decoded colours.
  public func decode(
    _ bytes: [UInt8], name: String = "", as format: PixelFormat = .rgb
  ) throws(ImageError) -> Image {
    let result = bytes.withUnsafeBufferPointer { buffer in
      Result { () throws(ImageError) in try decodeStored(ByteReader(buffer)) }
    }
    do throws(ImageError) {
      let (image, orientation) = try result.get()
      let upright = appliesOrientation ? image.oriented(orientation ?? .upright) : image
      return upright.converted(to: format)
    } catch {
      throw error.named(name)
    }
  }

  /// The size and orientation a file declares, without decoding its pixels.
  public func header(_ bytes: [UInt8], name: String = "") throws(ImageError) -> ImageHeader {
    let result = bytes.withUnsafeBufferPointer { buffer in
      Result { () throws(ImageError) in try readHeader(ByteReader(buffer)) }
    }
    do throws(ImageError) {
      let header = try result.get()
      try limits.check(width: header.width, height: header.height)
      return header
    } catch {
      throw error.named(name)
    }
  }

  private func decodeStored(
    _ data: ByteReader
  ) throws(ImageError) -> (image: Image, orientation: Orientation?) {
    switch ImageFormat.sniff(data) {
    case .jpeg: try JPEGCodec.decode(data, limits: limits)
    case .png: try PNGCodec.decode(data, limits: limits)
    case .webp: try WebPCodec.decode(data, limits: limits)
    case .bmp: (try BMPReader(data, limits: limits).decode(), nil)
    case nil: throw Self.unknownFormat(data)
    }
  }

  private func readHeader(_ data: ByteReader) throws(ImageError) -> ImageHeader {
    switch ImageFormat.sniff(data) {
    case .jpeg:
      let found = try JPEGMarkers(data)
      return ImageHeader(
        .jpeg, found.width, found.height, found.orientation,
        color: found.components == 1 ? .gray : found.components == 4 ? .cmyk : .rgb)
    case .png:
      let found = try PNGChunks(data)
      return ImageHeader(
        .png, found.width, found.height, found.orientation,
        color: found.colorType == 0 || found.colorType == 4 ? .gray : .rgb,
        hasAlpha: found.hasAlpha)
    case .webp:
      let found = try WebPContainer(data)
      return ImageHeader(
        .webp, found.width, found.height, found.orientation, hasAlpha: found.hasAlpha)
    case .bmp:
      let found = try BMPReader(data, limits: limits)
      return ImageHeader(.bmp, found.width, found.height, nil)
    case nil: throw Self.unknownFormat(data)
    }
  }

  private static func unknownFormat(_ data: ByteReader) -> ImageError {
    let start = data.bytes.prefix(8).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count < 2 ? "0" + digits : digits
    }
    return ImageError(
      .unknownFormat, offset: 0, expected: "a JPEG, PNG, WebP or BMP picture",
      found: start.isEmpty ? "no bytes" : "bytes \(start.joined(separator: " "))",
      remedy: "Convert the file to one of these formats.")
  }
}

/// The colours a file makes its pixels of; they are decoded to red, green and blue whatever it is.
public enum ColorModel: String, Sendable, Hashable, CaseIterable {
  /// One sample of brightness.
  case gray
  /// Red, green and blue, or a palette of them, or what a format turns into them.
  case rgb
  /// Four inks.
  case cmyk
}

/// What a picture file declares before its pixels.
public struct ImageHeader: Sendable, Hashable {
  /// The file format.
  public var format: ImageFormat
  /// Columns as stored.
  public var width: Int
  /// Rows as stored.
  public var height: Int
  /// The EXIF orientation; nil where the file does not say.
  public var orientation: Orientation?
  /// The colours a pixel is made of in the file.
  public var color: ColorModel
  /// Whether the file has samples of alpha; transparency of a palette does not count.
  public var hasAlpha: Bool

  init(
    _ format: ImageFormat, _ width: Int, _ height: Int, _ orientation: Orientation?,
    color: ColorModel = .rgb, hasAlpha: Bool = false
  ) {
    self.format = format
    self.width = width
    self.height = height
    self.orientation = orientation
    self.color = color
    self.hasAlpha = hasAlpha
  }
}
