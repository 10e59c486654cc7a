/// The file formats read and written here.
public enum ImageFormat: String, Sendable, Hashable, CaseIterable {
  /// JPEG, by libjpeg-turbo.
  case jpeg
  /// PNG, by libpng.
  case png
  /// WebP, by libwebp.
  case webp
  /// Windows bitmap, by a reader of our own.
  case bmp

  /// File name endings, without the dot, in lower case.
  public var fileExtensions: [String] {
    switch self {
    case .jpeg: ["jpg", "jpeg", "jpe", "jfif"]
    case .png: ["png"]
    case .webp: ["webp"]
    case .bmp: ["bmp", "dib"]
    }
  }

  /// The format of a file name's ending, for writing; reading goes by ``init(sniffing:)``.
  public init?(path: String) {
    guard let dot = path.lastIndex(of: ".") else { return nil }
    let ending = path[path.index(after: dot)...].lowercased()
    guard let match = Self.allCases.first(where: { $0.fileExtensions.contains(ending) }) else {
      return nil
    }
    self = match
  }

  /// The format the first bytes of a file belong to; nil for none read here.
  public init?(sniffing bytes: [UInt8]) {
    let match = bytes.withUnsafeBufferPointer { Self.sniff(ByteReader($0)) }
    guard let match else { return nil }
    self = match
  }

  static func sniff(_ data: ByteReader) -> ImageFormat? {
    if data.byte(0) == 0xFF, data.byte(1) == 0xD8, data.byte(2) == 0xFF { return .jpeg }
    if data.byte(0) == 0x89, data.hasText("PNG\r\n\u{1A}\n", at: 1) { return .png }
    if data.hasText("RIFF", at: 0), data.hasText("WEBP", at: 8) { return .webp }
    if data.hasText("BM", at: 0) { return .bmp }
    return nil
  }
}
