/// How finely a JPEG stores colour.
public enum JPEGSubsampling: Sendable, Hashable {
  /// A colour sample for each pixel (4:4:4): sharp lines and text.
  case full
  /// A colour sample for four pixels (4:2:0): smaller files.
  case quarter
}

/// A file format with its settings.
public enum ImageEncoding: Sendable, Hashable {
  /// JPEG of a quality from 1 to 100.
  case jpeg(quality: Int = 92, subsampling: JPEGSubsampling = .full)
  /// PNG, without loss.
  case png
  /// WebP of a quality from 0 to 100; nil for no loss.
  case webp(quality: Float? = 90)
  /// Windows bitmap of 24 bits, without compression.
  case bmp

  /// The default settings of a format.
  public init(_ format: ImageFormat) {
    self =
      switch format {
      case .jpeg: .jpeg()
      case .png: .png
      case .webp: .webp()
      case .bmp: .bmp
      }
  }
}

extension Image {
  /// The bytes of a file that holds this picture; alpha is kept by PNG and WebP only.
  public func encoded(as encoding: ImageEncoding) throws(ImageError) -> [UInt8] {
    switch encoding {
    case .jpeg(let quality, let subsampling):
      try JPEGCodec.encode(self, quality: quality, subsampling: subsampling)
    case .png: try PNGCodec.encode(self)
    case .webp(let quality): try WebPCodec.encode(self, quality: quality)
    case .bmp: BMPWriter.encode(self)
    }
  }
}
