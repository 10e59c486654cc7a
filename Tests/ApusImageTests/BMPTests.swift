import ApusImage
import Testing

/// Bitmaps made byte by byte, for the kinds our writer does not make.
struct BMPTests {
  static func file(
    width: Int, height: Int, bits: Int, compression: Int = 0, palette: [[UInt8]] = [],
    masks: [Int] = [], data: [UInt8]
  ) -> [UInt8] {
    func little(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let table = palette.flatMap { [$0[2], $0[1], $0[0], 0] as [UInt8] }
    let start = 54 + masks.count * 4 + table.count
    var bytes: [UInt8] = [0x42, 0x4D]
    bytes += little(start + data.count, 4) + little(0, 4) + little(start, 4)
    bytes += little(40, 4) + little(width, 4) + little(height, 4) + little(1, 2)
    bytes += little(bits, 2) + little(compression, 4) + little(data.count, 4)
    bytes += little(0, 8) + little(palette.count, 4) + little(0, 4)
    for mask in masks { bytes += little(mask, 4) }
    return bytes + table + data
  }

  static let colors: [[UInt8]] = [[1, 2, 3], [40, 50, 60], [70, 80, 90]]

  @Test
  func bottomUpAndTopDown() throws {
    let rows: [UInt8] = [0, 1, 2, 0, 2, 1, 0, 0]
    let up = try ImageDecoder().decode(
      Self.file(width: 3, height: 2, bits: 8, palette: Self.colors, data: rows))
    #expect(up.pixel(x: 0, y: 0) == Self.colors[2] && up.pixel(x: 0, y: 1) == Self.colors[0])
    let down = try ImageDecoder().decode(
      Self.file(width: 3, height: -2, bits: 8, palette: Self.colors, data: rows))
    #expect(down.pixel(x: 0, y: 0) == Self.colors[0] && down.pixel(x: 2, y: 0) == Self.colors[2])
  }

  @Test
  func fewBitsPerPixel() throws {
    let four = try ImageDecoder().decode(
      Self.file(width: 3, height: 1, bits: 4, palette: Self.colors, data: [0x21, 0x00, 0, 0]))
    #expect(four.pixels == Self.colors[2] + Self.colors[1] + Self.colors[0])
    let one = try ImageDecoder().decode(
      Self.file(
        width: 3, height: 1, bits: 1, palette: Array(Self.colors[..<2]),
        data: [0b0100_0000, 0, 0, 0]))
    #expect(one.pixels == Self.colors[0] + Self.colors[1] + Self.colors[0])
  }

  @Test
  func masksScaleToFullRange() throws {
    let five = try ImageDecoder().decode(
      Self.file(width: 2, height: 1, bits: 16, data: [0xFF, 0x7F, 0x1F, 0x00]))
    #expect(five.pixels == [255, 255, 255, 0, 0, 255])
    let six = try ImageDecoder().decode(
      Self.file(
        width: 2, height: 1, bits: 16, compression: 3, masks: [0xF800, 0x07E0, 0x001F],
        data: [0x00, 0xF8, 0xE0, 0x07]))
    #expect(six.pixels == [255, 0, 0, 0, 255, 0])
    let wide = try ImageDecoder().decode(
      Self.file(width: 1, height: 1, bits: 32, data: [3, 2, 1, 99]))
    #expect(wide.pixels == [1, 2, 3])
  }

  @Test
  func runLengths() throws {
    // Three of index 1; end of line; a literal of 0, 1, 2 with padding; end.
    let eight: [UInt8] = [3, 1, 0, 0, 0, 3, 0, 1, 2, 0, 0, 1]
    let image = try ImageDecoder().decode(
      Self.file(
        width: 3, height: 2, bits: 8, compression: 1, palette: Self.colors, data: eight))
    #expect(
      image.pixels == Self.colors.flatMap { $0 } + Self.colors[1] + Self.colors[1]
        + Self.colors[1])
    // Three of 1, 2 in turn; a jump by one column and one row; one of 2; end.
    let four: [UInt8] = [2, 0x12, 0, 2, 0, 1, 1, 0x20, 0, 1]
    let nibbles = try ImageDecoder().decode(
      Self.file(
        width: 3, height: 2, bits: 4, compression: 2, palette: Self.colors, data: four))
    #expect(nibbles.pixel(x: 0, y: 1) == Self.colors[1])
    #expect(nibbles.pixel(x: 1, y: 1) == Self.colors[2])
    #expect(nibbles.pixel(x: 2, y: 0) == Self.colors[2])
  }

  @Test(
    arguments: [
      // A run past the line, a jump past the picture, an index past the palette, no end.
      [4, 1, 0, 1], [0, 2, 9, 9, 0, 1], [3, 7, 0, 1], [3, 1], [],
    ] as [[UInt8]])
  func badRunLengthsAreErrors(data: [UInt8]) {
    let file = Self.file(
      width: 3, height: 1, bits: 8, compression: 1, palette: Self.colors, data: data)
    let error = #expect(throws: ImageError.self) { try ImageDecoder().decode(file) }
    #expect(error?.code == .corrupt || error?.code == .truncated)
  }

  @Test
  func strangeKindsAreRefused() {
    for (bits, compression) in [(7, 0), (24, 4), (24, 5), (4, 1), (8, 2)] {
      let file = Self.file(
        width: 1, height: 1, bits: bits, compression: compression, data: [0, 0, 0, 0])
      let error = #expect(throws: ImageError.self) { try ImageDecoder().decode(file) }
      #expect(error?.code == .unsupported, "\(bits) bits, compression \(compression)")
    }
  }
}
