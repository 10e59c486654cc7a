import ApusImage

/// Pictures and files that tests are made of.
enum SamplePictures {
  /// A picture of smooth gradients with a few sharp edges.
  static func gradient(width: Int, height: Int, format: PixelFormat = .rgb) throws -> Image {
    let channels = format.channels
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * channels)
    for y in 0..<height {
      for x in 0..<width {
        let square = x / 4 % 2 == y / 4 % 2 ? 40 : 0
        for channel in 0..<channels {
          let value = [x * 5 + square, y * 7, (x + y) * 3, 255 - x * 2][channel]
          pixels.append(UInt8(truncatingIfNeeded: value))
        }
      }
    }
    return try Image(width: width, height: height, format: format, pixels: pixels)
  }

  /// A file of each format, in small and odd sizes.
  static func file(_ format: ImageFormat, width: Int = 23, height: Int = 17) throws -> [UInt8] {
    try gradient(width: width, height: height).encoded(as: ImageEncoding(format))
  }

  /// The TIFF structure that holds an orientation and nothing else.
  static func tiff(orientation: Int, bigEndian: Bool) -> [UInt8] {
    func bytes(_ value: Int, _ count: Int) -> [UInt8] {
      let little = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      return bigEndian ? little.reversed() : little
    }
    let mark: [UInt8] = bigEndian ? [0x4D, 0x4D] : [0x49, 0x49]
    let entry = bytes(0x0112, 2) + bytes(3, 2) + bytes(1, 4) + bytes(orientation, 2) + [0, 0]
    return mark + bytes(42, 2) + bytes(8, 4) + bytes(1, 2) + entry + bytes(0, 4)
  }

  /// A JPEG with an EXIF segment put after its first two bytes.
  static func jpeg(_ file: [UInt8], withExif tiff: [UInt8]) -> [UInt8] {
    let body = Array("Exif\0\0".utf8) + tiff
    let length = body.count + 2
    return file[..<2] + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + body + file[2...]
  }

  /// A PNG with a chunk put after its header.
  static func png(_ file: [UInt8], withChunk name: String, _ body: [UInt8]) -> [UInt8] {
    file[..<33] + chunk(name, body) + file[33...]
  }

  /// A PNG chunk: length, name, body, check sum.
  static func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
    let content = Array(name.utf8) + body
    return bigEndian32(UInt32(body.count)) + content + bigEndian32(CRC32.of(content[...]))
  }

  /// A lossless or simple lossy WebP made extended, with an EXIF chunk at its end.
  static func webp(_ file: [UInt8], width: Int, height: Int, withExif tiff: [UInt8]) -> [UInt8] {
    func little(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let flags: [UInt8] = [0x08, 0, 0, 0]
    let extended =
      Array("VP8X".utf8) + little(10, 4) + flags + little(width - 1, 3) + little(height - 1, 3)
    let padding = [UInt8](repeating: 0, count: tiff.count % 2)
    let exif = Array("EXIF".utf8) + little(tiff.count, 4) + tiff + padding
    let body = Array("WEBP".utf8) + extended + file[12...] + exif
    return Array("RIFF".utf8) + little(body.count, 4) + body
  }

  static func bigEndian32(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
  }
}

/// The check sum of PNG chunks.
enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
    }
  }

  static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ ($0 >> 8) }
  }
}
