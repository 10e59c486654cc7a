/// The eight ways a camera can have been held, as EXIF tag 0x0112 numbers them.
public enum Orientation: Int, Sendable, Hashable, CaseIterable {
  /// Stored as seen.
  case upright = 1
  /// Mirrored left to right.
  case mirrored = 2
  /// Turned by 180 degrees.
  case upsideDown = 3
  /// Mirrored top to bottom.
  case flipped = 4
  /// Mirrored over the main diagonal.
  case transposed = 5
  /// To be turned by 90 degrees clockwise.
  case turnRight = 6
  /// Mirrored over the other diagonal.
  case transversed = 7
  /// To be turned by 90 degrees counter-clockwise.
  case turnLeft = 8

  /// Whether width and height change places.
  public var swapsSides: Bool { rawValue >= 5 }
}

extension Image {
  /// The picture as seen, given how it is stored.
  public func oriented(_ orientation: Orientation) -> Image {
    guard orientation != .upright else { return self }
    let outWidth = orientation.swapsSides ? height : width
    let outHeight = orientation.swapsSides ? width : height
    let channels = format.channels
    let (right, bottom) = (width - 1, height - 1)
    // The stored place of the seen pixel (0, 0), and its step per seen column and per seen row.
    let walk: (x: Int, y: Int, columnX: Int, columnY: Int, rowX: Int, rowY: Int) =
      switch orientation {
      case .upright: (0, 0, 1, 0, 0, 1)
      case .mirrored: (right, 0, -1, 0, 0, 1)
      case .upsideDown: (right, bottom, -1, 0, 0, -1)
      case .flipped: (0, bottom, 1, 0, 0, -1)
      case .transposed: (0, 0, 0, 1, 1, 0)
      case .turnRight: (0, bottom, 0, -1, 1, 0)
      case .transversed: (right, bottom, 0, -1, -1, 0)
      case .turnLeft: (right, 0, 0, 1, -1, 0)
      }
    let origin = (walk.y * width + walk.x) * channels
    let columnStep = (walk.columnY * width + walk.columnX) * channels
    let rowStep = (walk.rowY * width + walk.rowX) * channels
    return pixels.withUnsafeBufferPointer { source in
      Image(width: outWidth, height: outHeight, format: format) { out in
        var place = 0
        for row in 0..<outHeight {
          var pixel = origin + row * rowStep
          for _ in 0..<outWidth {
            for channel in 0..<channels { out[place &+ channel] = source[pixel &+ channel] }
            place &+= channels
            pixel &+= columnStep
          }
        }
      }
    }
  }
}

/// Reads the one tag of a TIFF structure that pictures need: the orientation.
enum ExifReader {
  /// The orientation in a TIFF block; nil for a block that is damaged or does not say.
  ///
  /// Only the first directory is read; no offset is followed but the one to it. A damaged block
  /// does not make the picture unreadable, as the pixels do not depend on it.
  static func orientation(tiff data: ByteReader) -> Orientation? {
    let bigEndian: Bool
    switch (data.byte(0), data.byte(1)) {
    case (0x4D, 0x4D): bigEndian = true
    case (0x49, 0x49): bigEndian = false
    default: return nil
    }
    guard data.integer(2, bytes: 2, bigEndian: bigEndian) == 42,
      let directory = data.integer(4, bytes: 4, bigEndian: bigEndian), directory >= 8,
      let entries = data.integer(directory, bytes: 2, bigEndian: bigEndian)
    else { return nil }
    for entry in 0..<entries {
      let start = directory + 2 + 12 * entry
      guard let tag = data.integer(start, bytes: 2, bigEndian: bigEndian) else { return nil }
      guard tag == 0x0112 else { continue }
      // Type 3 is SHORT; its value stands in the first two of the four value bytes.
      guard data.integer(start + 2, bytes: 2, bigEndian: bigEndian) == 3,
        let count = data.integer(start + 4, bytes: 4, bigEndian: bigEndian), count >= 1,
        let value = data.integer(start + 8, bytes: 2, bigEndian: bigEndian)
      else { return nil }
      return Orientation(rawValue: value)
    }
    return nil
  }

  /// The same for a block that may begin with the six bytes JPEG puts before it.
  static func orientation(exif data: ByteReader) -> Orientation? {
    guard data.hasText("Exif\0\0", at: 0) else { return orientation(tiff: data) }
    return data.slice(6, count: data.count - 6).flatMap { orientation(tiff: $0) }
  }
}
