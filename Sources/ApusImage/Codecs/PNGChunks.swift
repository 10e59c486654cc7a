/// The chunks of a PNG file: its header, its orientation, and where the picture's own data lie.
struct PNGChunks {
  var width = 0
  var height = 0
  var bitDepth = 0
  var colorType = 0
  var orientation: Orientation?
  /// The byte ranges of the chunks that make the pixels: IHDR, PLTE, IDAT, IEND.
  private(set) var essential: [Range<Int>] = []

  /// Whether the pixels carry samples of alpha.
  var hasAlpha: Bool { colorType == 4 || colorType == 6 }

  init(_ data: ByteReader) throws(ImageError) {
    var offset = 8
    while true {
      guard let length = data.bigEndian32(offset), data.slice(offset + 4, count: 4) != nil else {
        throw .truncated(at: data.count, expected: "a PNG chunk, the last being IEND")
      }
      // A chunk is its length, its name, its data and a check sum.
      guard let body = data.slice(offset + 8, count: length),
        data.slice(offset + 8 + length, count: 4) != nil
      else {
        throw .truncated(
          at: data.count, expected: "a PNG chunk of \(length) bytes from byte \(offset)")
      }
      let end = offset + 12 + length
      if essential.isEmpty {
        try readHeader(body, isFirst: data.hasText("IHDR", at: offset + 4), at: offset)
        essential.append(0..<8)
        essential.append(offset..<end)
      } else if data.hasText("IEND", at: offset + 4) {
        essential.append(offset..<end)
        return
      } else if data.hasText("IDAT", at: offset + 4) || data.hasText("PLTE", at: offset + 4) {
        essential.append(offset..<end)
      } else if data.hasText("eXIf", at: offset + 4) {
        orientation = ExifReader.orientation(exif: body)
      }
      offset = end
    }
  }

  private mutating func readHeader(
    _ body: ByteReader, isFirst: Bool, at offset: Int
  ) throws(ImageError) {
    guard isFirst, let width = body.bigEndian32(0), let height = body.bigEndian32(4),
      let bitDepth = body.byte(8), let colorType = body.byte(9)
    else {
      throw .corrupt(at: offset, expected: "an IHDR chunk of 13 bytes", found: "another")
    }
    self.width = width
    self.height = height
    self.bitDepth = Int(bitDepth)
    self.colorType = Int(colorType)
  }
}
