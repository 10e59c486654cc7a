/// A picture of 8-bit interleaved samples, row after row from the top, without padding.
public struct Image: Sendable, Hashable {
  /// Columns, at least 1.
  public let width: Int
  /// Rows, at least 1.
  public let height: Int
  /// The meaning and order of the samples of a pixel.
  public let format: PixelFormat
  /// The samples, `[height, width, channels]`.
  public private(set) var pixels: [UInt8]

  /// Makes a picture of given samples, which must be `width * height * channels` in number.
  public init(
    width: Int, height: Int, format: PixelFormat, pixels: [UInt8]
  ) throws(ImageError) {
    let expected = try Self.byteCount(width: width, height: height, format: format)
    guard pixels.count == expected else {
      throw ImageError(
        .invalidArgument, expected: "\(expected) samples for \(width) x \(height) \(format)",
        found: "\(pixels.count)", remedy: "Pass one sample per pixel and channel.")
    }
    self.init(unchecked: pixels, width: width, height: height, format: format)
  }

  /// Makes a picture of one colour.
  public init(
    width: Int, height: Int, format: PixelFormat, filledWith color: Color
  ) throws(ImageError) {
    let count = try Self.byteCount(width: width, height: height, format: format)
    let samples = color.samples(in: format)
    let pixels: [UInt8]
    if samples.allSatisfy({ $0 == samples[0] }) {
      pixels = [UInt8](repeating: samples[0], count: count)
    } else {
      pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        for start in stride(from: 0, to: count, by: samples.count) {
          for channel in 0..<samples.count { buffer[start + channel] = samples[channel] }
        }
        initialized = count
      }
    }
    self.init(unchecked: pixels, width: width, height: height, format: format)
  }

  /// Makes a picture of samples whose count the caller has established.
  init(unchecked pixels: [UInt8], width: Int, height: Int, format: PixelFormat) {
    self.width = width
    self.height = height
    self.format = format
    self.pixels = pixels
  }

  /// Makes a picture by writing each of its samples once.
  ///
  /// `write` must initialise the whole buffer, `[height, width, channels]`.
  init(
    width: Int, height: Int, format: PixelFormat,
    writing write: (UnsafeMutableBufferPointer<UInt8>) throws -> Void
  ) rethrows {
    let count = width * height * format.channels
    let pixels = try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      try write(UnsafeMutableBufferPointer(rebasing: buffer[0..<count]))
      initialized = count
    }
    self.init(unchecked: pixels, width: width, height: height, format: format)
  }

  /// The samples of one pixel, in the order of ``format``; nil outside the picture.
  public func pixel(x: Int, y: Int) -> [UInt8]? {
    guard (0..<width).contains(x), (0..<height).contains(y) else { return nil }
    let start = (y * width + x) * format.channels
    return Array(pixels[start..<start + format.channels])
  }

  /// Sets one pixel; does nothing outside the picture.
  public mutating func setPixel(x: Int, y: Int, to color: Color) {
    guard (0..<width).contains(x), (0..<height).contains(y) else { return }
    let start = (y * width + x) * format.channels
    for (channel, sample) in color.samples(in: format).enumerated() {
      pixels[start + channel] = sample
    }
  }

  /// The same picture in another format; alpha is dropped, or added opaque.
  public func converted(to target: PixelFormat) -> Image {
    guard target != format else { return self }
    let from = format.places
    let to = target.places
    let (step, targetStep) = (format.channels, target.channels)
    return pixels.withUnsafeBufferPointer { source in
      Image(width: width, height: height, format: target) { out in
        for index in 0..<width * height {
          let (pixel, place) = (index &* step, index &* targetStep)
          let red = source[pixel &+ from.red]
          let green = source[pixel &+ from.green]
          let blue = source[pixel &+ from.blue]
          if target == .gray {
            out[place] = Color.luma(red, green, blue)
          } else {
            out[place &+ to.red] = red
            out[place &+ to.green] = green
            out[place &+ to.blue] = blue
            if let alpha = to.alpha { out[place &+ alpha] = 255 }
          }
        }
      }
    }
  }

  /// Lends the samples for changing in place.
  mutating func withMutablePixels(_ body: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
    pixels.withUnsafeMutableBufferPointer { body($0) }
  }

  /// This picture with another of the same format laid over a part of it, which must lie inside.
  func covered(by other: Image, left: Int, top: Int) -> Image {
    var copy = self
    let rowBytes = other.width * format.channels
    copy.pixels.withUnsafeMutableBufferPointer { target in
      other.pixels.withUnsafeBufferPointer { source in
        for row in 0..<other.height {
          let start = ((top + row) * width + left) * format.channels
          let line = source[row * rowBytes..<(row + 1) * rowBytes]
          _ = target[start..<start + rowBytes].update(fromContentsOf: line)
        }
      }
    }
    return copy
  }

  /// The number of samples of a size, or an error for a size that makes no picture.
  static func byteCount(
    width: Int, height: Int, format: PixelFormat
  ) throws(ImageError) -> Int {
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    let (bytes, overflow2) = count.multipliedReportingOverflow(by: format.channels)
    guard width > 0, height > 0, !overflow, !overflow2, bytes <= Int(UInt32.max) * 4 else {
      throw ImageError(
        .invalidArgument, expected: "a width and height of at least 1 that fit in memory",
        found: "\(width) x \(height)", remedy: "Pass another size.")
    }
    return bytes
  }
}
