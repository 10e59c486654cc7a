/// Reads Windows and OS/2 bitmaps.
///
/// The format has no compression worth the name, and the C libraries that read it are either heavy
/// (libgd, gdk-pixbuf) or not packaged everywhere (libnsbmp), so this one reader is our own, with
/// every access checked. Read are 1, 4, 8, 16, 24 and 32 bits per pixel, palettes, bit masks, and
/// both run-length encodings. Alpha is ignored. Channels of fewer than 8 bits are scaled to reach
/// 255.
struct BMPReader {
  let width: Int
  let height: Int

  private let data: ByteReader
  private let isTopDown: Bool
  private let bits: Int
  private let compression: Compression
  private let pixelStart: Int
  private let palette: [Color]
  private let masks: [BMPMask]

  enum Compression: Int {
    case none = 0
    case runLength8 = 1
    case runLength4 = 2
    case bitFields = 3
    case alphaBitFields = 6
  }

  init(_ data: ByteReader, limits: ImageLimits) throws(ImageError) {
    self.data = data
    guard let start = data.littleEndian32(10), let headerSize = data.littleEndian32(14) else {
      throw .truncated(at: data.count, expected: "a bitmap header of 26 bytes or more")
    }
    guard [12, 40, 52, 56, 64, 108, 124].contains(headerSize) else {
      throw .unsupported(
        at: 14, expected: "a bitmap header of a known length", found: "\(headerSize) bytes")
    }
    guard data.slice(14, count: headerSize) != nil else {
      throw .truncated(at: data.count, expected: "a bitmap header of \(headerSize) bytes")
    }
    let isCore = headerSize == 12
    let sizeBytes = isCore ? 2 : 4
    func field(_ offset: Int, _ bytes: Int) -> Int {
      data.integer(offset, bytes: bytes, bigEndian: false) ?? 0
    }
    let signedHeight = isCore ? field(20, 2) : Int(Int32(truncatingIfNeeded: field(22, 4)))
    width = isCore ? field(18, sizeBytes) : Int(Int32(truncatingIfNeeded: field(18, 4)))
    height = abs(signedHeight)
    isTopDown = signedHeight < 0
    bits = field(isCore ? 24 : 28, 2)
    try limits.check(width: width, height: height, at: 18)
    let code = isCore ? 0 : field(30, 4)
    guard let compression = Compression(rawValue: code), Self.fits(compression, bits: bits) else {
      throw .unsupported(
        at: 28, expected: "1, 4, 8, 16, 24 or 32 bits in a plain or run-length encoding",
        found: "\(bits) bits, compression \(code)")
    }
    self.compression = compression
    pixelStart = start
    masks = try Self.readMasks(data, headerSize, compression, bits: bits)
    palette = try Self.readPalette(
      data, headerSize, bits: bits, declared: isCore ? 0 : field(46, 4), pixelStart: start)
    guard start >= 14 + headerSize else {
      throw .corrupt(
        at: 10, expected: "pixels after the header, from byte \(14 + headerSize)",
        found: "byte \(start)")
    }
  }

  func decode() throws(ImageError) -> Image {
    switch compression {
    case .none, .bitFields, .alphaBitFields: try decodePlain()
    case .runLength8, .runLength4: try decodeRunLength()
    }
  }

  private static func fits(_ compression: Compression, bits: Int) -> Bool {
    switch compression {
    case .none: [1, 4, 8, 16, 24, 32].contains(bits)
    case .runLength8: bits == 8
    case .runLength4: bits == 4
    case .bitFields, .alphaBitFields: bits == 16 || bits == 32
    }
  }

  private static func readMasks(
    _ data: ByteReader, _ headerSize: Int, _ compression: Compression, bits: Int
  ) throws(ImageError) -> [BMPMask] {
    guard bits == 16 || bits == 32 else { return [] }
    guard compression != .none else {
      let values = bits == 16 ? [0x7C00, 0x03E0, 0x001F] : [0xFF0000, 0x00FF00, 0x0000FF]
      return values.compactMap(BMPMask.init)
    }
    // They stand right after the 40 bytes all longer headers begin with.
    var masks: [BMPMask] = []
    for index in 0..<3 {
      guard let value = data.littleEndian32(54 + 4 * index) else {
        throw .truncated(at: data.count, expected: "three colour masks")
      }
      guard let mask = BMPMask(value) else {
        throw .corrupt(
          at: 54 + 4 * index, expected: "a mask of adjacent bits",
          found: "0x" + String(value, radix: 16))
      }
      masks.append(mask)
    }
    return masks
  }

  private static func readPalette(
    _ data: ByteReader, _ headerSize: Int, bits: Int, declared: Int, pixelStart: Int
  ) throws(ImageError) -> [Color] {
    guard bits <= 8 else { return [] }
    let entrySize = headerSize == 12 ? 3 : 4
    let start = 14 + headerSize
    let most = 1 << bits
    guard declared <= most else {
      throw .corrupt(at: 46, expected: "at most \(most) palette entries", found: "\(declared)")
    }
    // Some writers give fewer entries than the depth allows and say so only by where pixels begin.
    let room = max(0, pixelStart - start) / entrySize
    let count = declared > 0 ? declared : min(most, room)
    guard let table = data.slice(start, count: count * entrySize) else {
      throw .truncated(at: data.count, expected: "a palette of \(count) entries")
    }
    return (0..<count).map { index in
      let entry = index * entrySize
      return Color(
        red: table.bytes[entry + 2], green: table.bytes[entry + 1], blue: table.bytes[entry])
    }
  }

  private func decodePlain() throws(ImageError) -> Image {
    let stride = (width * bits + 31) / 32 * 4
    let needed = pixelStart + stride * (height - 1) + (width * bits + 7) / 8
    guard needed <= data.count else {
      throw .truncated(at: data.count, expected: "\(needed) bytes")
    }
    var badIndex = 0
    let image = Image(width: width, height: height, format: .rgb) { out in
      for row in 0..<height {
        let line = pixelStart + stride * (isTopDown ? row : height - 1 - row)
        let place = row * width * 3
        if bits == 24 {
          Self.copyTrueColor(data.bytes, from: line, to: out, at: place, count: width)
        } else if bits <= 8 {
          badIndex = max(badIndex, copyIndexed(from: line, to: out, at: place))
        } else {
          copyMasked(from: line, to: out, at: place)
        }
      }
    }
    guard badIndex < max(palette.count, 1) else { throw paletteError(badIndex) }
    return image
  }

  private static func copyTrueColor(
    _ bytes: UnsafeBufferPointer<UInt8>, from line: Int, to out: UnsafeMutableBufferPointer<UInt8>,
    at place: Int, count: Int
  ) {
    for column in 0..<count {
      let (pixel, target) = (line &+ 3 &* column, place &+ 3 &* column)
      out[target] = bytes[pixel &+ 2]
      out[target &+ 1] = bytes[pixel &+ 1]
      out[target &+ 2] = bytes[pixel]
    }
  }

  /// Copies a row of palette indices; answers the largest index seen.
  private func copyIndexed(
    from line: Int, to out: UnsafeMutableBufferPointer<UInt8>, at place: Int
  ) -> Int {
    let perByte = 8 / bits
    var largest = 0
    for column in 0..<width {
      let shift = 8 - bits * (column % perByte + 1)
      let index = Int(data.bytes[line + column / perByte]) >> shift & (1 << bits - 1)
      largest = max(largest, index)
      Self.put(index < palette.count ? palette[index] : Color(gray: 0), to: out, at: place, column)
    }
    return largest
  }

  private func copyMasked(
    from line: Int, to out: UnsafeMutableBufferPointer<UInt8>, at place: Int
  ) {
    let bytes = bits / 8
    for column in 0..<width {
      let value = data.integer(line + bytes * column, bytes: bytes, bigEndian: false) ?? 0
      for channel in 0..<3 { out[place + 3 * column + channel] = masks[channel].sample(of: value) }
    }
  }

  private static func put(
    _ color: Color, to out: UnsafeMutableBufferPointer<UInt8>, at place: Int, _ column: Int
  ) {
    out[place + 3 * column] = color.red
    out[place + 3 * column + 1] = color.green
    out[place + 3 * column + 2] = color.blue
  }

  private func decodeRunLength() throws(ImageError) -> Image {
    var runs = BMPRunLength(data, from: pixelStart, bits: bits, width: width, height: height)
    let indices = try runs.decode()
    if let index = indices.max(), Int(index) >= palette.count { throw paletteError(Int(index)) }
    return Image(width: width, height: height, format: .rgb) { out in
      for row in 0..<height {
        let line = width * (isTopDown ? row : height - 1 - row)
        for column in 0..<width {
          Self.put(palette[Int(indices[line + column])], to: out, at: row * width * 3, column)
        }
      }
    }
  }

  private func paletteError(_ index: Int) -> ImageError {
    .corrupt(
      at: pixelStart, expected: "palette indices below \(palette.count)", found: "\(index)")
  }
}

/// The bits of a pixel that make one channel.
struct BMPMask {
  private let shift: Int
  private let largest: Int

  /// Makes a mask of adjacent bits, at least one.
  init?(_ value: Int) {
    guard value > 0 else { return nil }
    shift = value.trailingZeroBitCount
    largest = value >> shift
    guard largest & (largest + 1) == 0 else { return nil }
  }

  /// The channel's value, scaled so that all bits set make 255.
  func sample(of pixel: Int) -> UInt8 {
    UInt8(((pixel >> shift & largest) * 255 + largest / 2) / largest)
  }
}
