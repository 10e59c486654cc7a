import Foundation

/// Pictures, written without a picture library.
enum Picture {
  /// A grey 24-bit bitmap.
  static func bmp(width: Int, height: Int) -> [UInt8] {
    let row = (width * 3 + 3) / 4 * 4
    let pixels = [UInt8](repeating: 0x80, count: row * height)
    return bmpHeader(width: width, height: height, bits: 24, compression: 0, offset: 54) + pixels
  }

  /// The header of a bitmap, and nothing behind it.
  static func bmpHeader(
    width: Int, height: Int, bits: Int = 24, compression: Int = 0, offset: Int = 54
  ) -> [UInt8] {
    [0x42, 0x4D] + little(0) + little(0) + little(offset) + little(40) + little(width)
      + little(height) + [1, 0, UInt8(bits), 0] + little(compression) + little(0) + little(0)
      + little(0) + little(bits == 8 ? 256 : 0) + little(0)
  }

  /// A black bitmap in run lengths, small however large the picture.
  static func runLengthBMP(width: Int, height: Int) -> [UInt8] {
    var row: [UInt8] = []
    var left = width
    while left > 0 {
      row += [UInt8(min(left, 255)), 0]
      left -= min(left, 255)
    }
    row += [0, 0]
    let palette = [UInt8](repeating: 0, count: 1024)
    var bytes =
      bmpHeader(width: width, height: height, bits: 8, compression: 1, offset: 54 + 1024) + palette
    for _ in 0..<height { bytes += row }
    return bytes + [0, 1]
  }

  /// The start of a PNG that declares a size; its pixels are missing.
  static func pngHeader(width: Int, height: Int) -> [UInt8] {
    var chunk = Array("IHDR".utf8)
    chunk += little(width).reversed() + little(height).reversed() + [8, 2, 0, 0, 0]
    let size: [UInt8] = [0, 0, 0, 13]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + size + chunk
      + little(Int(Checksum.crc32(chunk))).reversed() + [0, 0, 0, 0] + Array("IEND".utf8)
      + [0xAE, 0x42, 0x60, 0x82]
  }
}

/// Tensor files.
enum Tensors {
  /// A safetensors file of one float32 tensor of zeros.
  static func zeros(_ name: String, _ shape: [Int]) -> [UInt8] {
    let size = shape.reduce(4, *)
    let header =
      #"{"\#(name)":{"dtype":"F32","shape":\#(shape),"data_offsets":[0,\#(size)]}}"#
    return withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init)
      + Array(header.utf8) + [UInt8](repeating: 0, count: size)
  }
}

/// Zip archives without compression.
enum Archive {
  static func stored(_ entries: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    var body: [UInt8] = []
    var directory: [UInt8] = []
    for (name, bytes) in entries {
      let common: [UInt8] =
        [20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0] + little(Int(Checksum.crc32(bytes)))
        + little(bytes.count) + little(bytes.count) + [UInt8(name.utf8.count), 0, 0, 0]
      directory +=
        [0x50, 0x4B, 1, 2, 20, 0] + common + [UInt8](repeating: 0, count: 10) + little(body.count)
        + Array(name.utf8)
      body += [0x50, 0x4B, 3, 4] + common + Array(name.utf8) + bytes
    }
    let count = [UInt8(entries.count), 0]
    return body + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + count + count
      + little(directory.count) + little(body.count) + [0, 0]
  }
}

private enum Checksum {
  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in
        value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
      }
    }
  }
}

private func little(_ value: Int) -> [UInt8] {
  withUnsafeBytes(of: UInt32(truncatingIfNeeded: value).littleEndian, Array.init)
}
