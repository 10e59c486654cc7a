import ApusDigest
import ApusImage
import Foundation

/// What a check needs to know of a picture, so that the file need not be read again.
struct PictureFacts: Hashable, Sendable {
  /// Raised whenever the facts, or how they are got, change: older caches are then not used.
  static let version = 1

  /// SHA-256 of the file's bytes.
  var digest: String
  /// The format that the bytes are in; nil for none.
  var format: ImageFormat?
  /// Columns as stored.
  var width = 0
  /// Rows as stored.
  var height = 0
  /// The EXIF orientation.
  var orientation: Orientation?
  /// The colours of the file.
  var color = ColorModel.rgb
  /// Whether the file has samples of alpha.
  var hasAlpha = false
  /// SHA-256 of the size and the samples of the upright picture; nil where it cannot be decoded.
  var pixels: String?
  /// 256 bits that similar pictures share; nil where the picture cannot be decoded, or is flat.
  var likeness: Likeness?
  /// Why it cannot be decoded; nil where it can.
  var fault: String?

  /// Whether width and height change places when it is turned upright.
  var isTurned: Bool { orientation?.swapsSides ?? false }
  /// Columns of the upright picture.
  var uprightWidth: Int { isTurned ? height : width }
  /// Rows of the upright picture.
  var uprightHeight: Int { isTurned ? width : height }

  init(digest: String) { self.digest = digest }

  /// Decodes a file's bytes to the last row.
  init(_ bytes: [UInt8], digest: String) {
    self.digest = digest
    format = ImageFormat(sniffing: bytes)
    do throws(ImageError) {
      let header = try ImageDecoder().header(bytes)
      (width, height, orientation) = (header.width, header.height, header.orientation)
      (color, hasAlpha) = (header.color, header.hasAlpha)
      let image = try ImageDecoder().decode(bytes)
      pixels = Digest.sha256(Array("\(image.width)x\(image.height) ".utf8) + image.pixels)
      likeness = try Likeness(image)
    } catch {
      let place = error.offset.map { " at byte \($0)" } ?? ""
      fault = "\(error.code.rawValue)\(place): expected \(error.expected), found \(error.found)"
    }
  }
}

/// The signs of the horizontal steps of brightness of a picture shrunk to 17 by 16 pixels.
///
/// Known as difference hash: saving a picture anew, or in another size, changes few of the 256 bits.
struct Likeness: Hashable, Sendable {
  /// Four times 64 bits, from the upper left.
  var words: [UInt64]

  init(words: [UInt64]) { self.words = words }

  /// The bits of a picture; nil for one with too few steps to tell it from others.
  init?(_ image: Image) throws(ImageError) {
    let small = try image.resized(toWidth: 17, height: 16, interpolation: .area)
      .converted(to: .gray)
    words = [0, 0, 0, 0]
    var steps = 0
    for row in 0..<16 {
      for column in 0..<16 {
        let left = Int(small.pixels[row * 17 + column])
        let right = Int(small.pixels[row * 17 + column + 1])
        if abs(left - right) >= 3 { steps += 1 }
        if left > right { words[row / 4] |= 1 << UInt64(row % 4 * 16 + column) }
      }
    }
    guard steps >= 64 else { return nil }
  }

  /// How many bits differ.
  func distance(to other: Likeness) -> Int {
    zip(words, other.words).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
  }
}
