/// Writes bottom-up bitmaps of 24 bits per pixel.
enum BMPWriter {
  static func encode(_ image: Image) -> [UInt8] {
    let source = image.converted(to: .bgr)
    let rowBytes = source.width * 3
    let padding = (4 - rowBytes % 4) % 4
    let dataSize = (rowBytes + padding) * source.height
    var bytes: [UInt8] = []
    bytes.reserveCapacity(54 + dataSize)
    func append(_ value: Int, bytes count: Int) {
      for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
    }
    bytes += [0x42, 0x4D]
    for value in [54 + dataSize, 0, 54, 40, source.width, source.height] {
      append(value, bytes: 4)
    }
    append(1, bytes: 2)
    append(24, bytes: 2)
    // No compression, the data's size, 72 dots per inch, no palette.
    for value in [0, dataSize, 2835, 2835, 0, 0] { append(value, bytes: 4) }
    source.pixels.withUnsafeBufferPointer { pixels in
      for row in stride(from: source.height - 1, through: 0, by: -1) {
        bytes += pixels[row * rowBytes..<(row + 1) * rowBytes]
        for _ in 0..<padding { bytes.append(0) }
      }
    }
    return bytes
  }
}
