import Foundation

extension ImageDecoder {
  /// Reads and decodes a file.
  public func decode(
    contentsOf path: String, as format: PixelFormat = .rgb
  ) throws(ImageError) -> Image {
    try decode(Self.bytes(of: path), name: path, as: format)
  }

  /// The bytes of a file, or an error that names it.
  static func bytes(of path: String) throws(ImageError) -> [UInt8] {
    do {
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw ImageError(
        .unreadable, source: path, expected: "a readable file", found: reason(error),
        remedy: "Check the path and its permissions.")
    }
  }

  static func reason(_ error: any Error) -> String {
    let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
    return (cause ?? error).localizedDescription
  }
}

extension Image {
  /// Writes the picture to a file; the ending of its name says the format unless one is given.
  ///
  /// The bytes go to a temporary name beside it, which is then renamed.
  public func write(to path: String, as encoding: ImageEncoding? = nil) throws(ImageError) {
    guard let encoding = encoding ?? ImageFormat(path: path).map(ImageEncoding.init) else {
      throw ImageError(
        .invalidArgument, source: path, expected: "a name ending in .jpg, .png, .webp or .bmp",
        found: "another", remedy: "Rename the output.")
    }
    let bytes: [UInt8]
    do throws(ImageError) { bytes = try encoded(as: encoding) } catch { throw error.named(path) }
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw ImageError(
        .unwritable, source: path, expected: "a writable path",
        found: ImageDecoder.reason(error), remedy: "Choose a folder you may write to.")
    }
  }
}
