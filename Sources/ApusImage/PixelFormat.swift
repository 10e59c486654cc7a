/// The meaning and order of the 8-bit samples of one pixel.
public enum PixelFormat: String, Sendable, Hashable, CaseIterable {
  /// One sample of luma.
  case gray
  /// Red, green, blue.
  case rgb
  /// Blue, green, red: the order OpenCV decodes to.
  case bgr
  /// Red, green, blue, alpha; alpha is straight, not multiplied into the colours.
  case rgba

  /// Samples, hence bytes, of one pixel.
  public var channels: Int {
    switch self {
    case .gray: 1
    case .rgb, .bgr: 3
    case .rgba: 4
    }
  }

  /// The place of red, green, blue and alpha within a pixel.
  ///
  /// Gray answers place 0 for each colour; `alpha` is nil where there is none.
  var places: (red: Int, green: Int, blue: Int, alpha: Int?) {
    switch self {
    case .gray: (0, 0, 0, nil)
    case .rgb: (0, 1, 2, nil)
    case .bgr: (2, 1, 0, nil)
    case .rgba: (0, 1, 2, 3)
    }
  }
}

/// An opaque colour of 8-bit red, green and blue samples, in sRGB.
public struct Color: Sendable, Hashable {
  /// The red sample.
  public var red: UInt8
  /// The green sample.
  public var green: UInt8
  /// The blue sample.
  public var blue: UInt8

  /// Makes a colour of its three samples.
  public init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// Makes a gray of one sample.
  public init(gray: UInt8) {
    self.init(red: gray, green: gray, blue: gray)
  }

  /// The samples of one pixel of a format; the luma for gray, opaque where there is alpha.
  func samples(in format: PixelFormat) -> [UInt8] {
    switch format {
    case .gray: [Self.luma(red, green, blue)]
    case .rgb: [red, green, blue]
    case .bgr: [blue, green, red]
    case .rgba: [red, green, blue, 255]
    }
  }

  /// The luma of ITU-R BT.601 with the 14-bit weights of OpenCV's `cvtColor`.
  @inline(__always)
  static func luma(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
    let sum = Int32(red) &* 4899 &+ Int32(green) &* 9617 &+ Int32(blue) &* 1868
    return UInt8(truncatingIfNeeded: (sum &+ 8192) &>> 14)
  }
}
