import CWebP

/// The chunks of a WebP file: its canvas, its orientation, and whether it is complete.
struct WebPContainer {
  var width = 0
  var height = 0
  var orientation: Orientation?
  var hasAlpha = false

  init(_ data: ByteReader) throws(ImageError) {
    guard let size = data.littleEndian32(4), data.count >= 12 else {
      throw .truncated(at: data.count, expected: "a RIFF header of 12 bytes")
    }
    let end = size + 8
    guard end <= data.count else {
      throw .truncated(at: data.count, expected: "\(end) bytes, as the RIFF header says")
    }
    var features = WebPBitstreamFeatures()
    let status = WebPGetFeaturesInternal(
      data.bytes.baseAddress, data.count, &features, WEBP_DECODER_ABI_VERSION)
    guard status == VP8_STATUS_OK else {
      throw .corrupt(at: 12, expected: "a WebP header", found: WebPCodec.describe(status))
    }
    guard features.has_animation == 0 else {
      throw .unsupported(at: 12, expected: "a still picture", found: "an animation")
    }
    width = Int(features.width)
    height = Int(features.height)
    hasAlpha = features.has_alpha != 0
    var offset = 12
    while let length = data.littleEndian32(offset + 4), offset < end {
      if data.hasText("EXIF", at: offset), let body = data.slice(offset + 8, count: length) {
        orientation = ExifReader.orientation(exif: body)
      }
      // Chunks are padded to an even length.
      offset += 8 + length + length % 2
    }
  }
}

/// WebP by libwebp.
enum WebPCodec {
  static func decode(
    _ data: ByteReader, limits: ImageLimits
  ) throws(ImageError) -> (image: Image, orientation: Orientation?) {
    let container = try WebPContainer(data)
    try limits.check(width: container.width, height: container.height)
    var decoded = false
    let image = Image(width: container.width, height: container.height, format: .rgb) { buffer in
      buffer.initialize(repeating: 0)
      let result = WebPDecodeRGBInto(
        data.bytes.baseAddress, data.count, buffer.baseAddress, buffer.count,
        Int32(container.width * 3))
      decoded = result != nil
    }
    guard decoded else {
      throw .corrupt(
        at: nil, expected: "decodable WebP data", found: "damaged or missing picture data")
    }
    return (image, container.orientation)
  }

  static func encode(_ image: Image, quality: Float?) throws(ImageError) -> [UInt8] {
    let source = image.format == .rgba ? image : image.converted(to: .rgb)
    let (width, height) = (Int32(source.width), Int32(source.height))
    var output: UnsafeMutablePointer<UInt8>?
    let size = source.pixels.withUnsafeBufferPointer { pixels in
      let start = pixels.baseAddress
      let step = width * Int32(source.format.channels)
      return switch (source.format, quality) {
      case (.rgba, let quality?): WebPEncodeRGBA(start, width, height, step, quality, &output)
      case (.rgba, nil): WebPEncodeLosslessRGBA(start, width, height, step, &output)
      case (_, let quality?): WebPEncodeRGB(start, width, height, step, quality, &output)
      case (_, nil): WebPEncodeLosslessRGB(start, width, height, step, &output)
      }
    }
    defer { WebPFree(output) }
    guard size > 0, let output else {
      throw ImageError(
        .codec, expected: "sides of at most 16383, as WebP allows",
        found: "\(source.width) x \(source.height)", remedy: "Write a JPEG or PNG instead.")
    }
    return Array(UnsafeBufferPointer(start: output, count: size))
  }

  static func describe(_ status: VP8StatusCode) -> String {
    switch status {
    case VP8_STATUS_OUT_OF_MEMORY: "too little memory"
    case VP8_STATUS_BITSTREAM_ERROR: "a damaged bit stream"
    case VP8_STATUS_UNSUPPORTED_FEATURE: "a feature libwebp does not know"
    case VP8_STATUS_NOT_ENOUGH_DATA: "too few bytes"
    default: "status \(status.rawValue)"
    }
  }
}
