/// The two run-length encodings of bitmaps: pairs of a count and a value, and escapes.
struct BMPRunLength {
  private let data: ByteReader
  private var offset: Int
  private let bits: Int
  private let width: Int
  private let height: Int

  init(_ data: ByteReader, from offset: Int, bits: Int, width: Int, height: Int) {
    self.data = data
    self.offset = offset
    self.bits = bits
    self.width = width
    self.height = height
  }

  /// The palette indices, `[height, width]` in the order of the file; skipped pixels are 0.
  mutating func decode() throws(ImageError) -> [UInt8] {
    var indices = [UInt8](repeating: 0, count: width * height)
    var (column, row) = (0, 0)
    while true {
      let count = try next()
      let value = try next()
      if count > 0 {
        for step in 0..<count {
          let index = bits == 8 ? value : (step % 2 == 0 ? value >> 4 : value & 15)
          try put(index, &indices, &column, row)
        }
        continue
      }
      switch value {
      case 0:
        (column, row) = (0, row + 1)
      case 1:
        return indices
      case 2:
        column += try next()
        row += try next()
        guard column <= width, row < height else { throw outside(column, row) }
      default:
        try copyLiteral(value, &indices, &column, row)
      }
    }
  }

  /// Copies `count` indices that stand as they are, padded to an even number of bytes.
  private mutating func copyLiteral(
    _ count: Int, _ indices: inout [UInt8], _ column: inout Int, _ row: Int
  ) throws(ImageError) {
    var byte = 0
    for step in 0..<count {
      if bits == 8 || step % 2 == 0 { byte = try next() }
      let index = bits == 8 ? byte : (step % 2 == 0 ? byte >> 4 : byte & 15)
      try put(index, &indices, &column, row)
    }
    let bytes = bits == 8 ? count : (count + 1) / 2
    if bytes % 2 == 1 { _ = try next() }
  }

  private func put(
    _ index: Int, _ indices: inout [UInt8], _ column: inout Int, _ row: Int
  ) throws(ImageError) {
    guard column < width, row < height else { throw outside(column, row) }
    indices[row * width + column] = UInt8(truncatingIfNeeded: index)
    column += 1
  }

  private mutating func next() throws(ImageError) -> Int {
    guard let byte = data.byte(offset) else {
      throw .truncated(at: data.count, expected: "run-length data up to its end code")
    }
    offset += 1
    return Int(byte)
  }

  private func outside(_ column: Int, _ row: Int) -> ImageError {
    .corrupt(
      at: offset, expected: "pixels within \(width) x \(height)",
      found: "column \(column), row \(row)")
  }
}
