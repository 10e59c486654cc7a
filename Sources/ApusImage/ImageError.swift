/// Why a picture could not be read, made or written.
public struct ImageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure.
  public enum Code: String, Sendable, Hashable {
    /// The bytes end before the picture does.
    case truncated
    /// The bytes contradict the format.
    case corrupt
    /// The first bytes belong to no picture format read here.
    case unknownFormat
    /// A valid picture of a kind that is not read here.
    case unsupported
    /// More pixels, or a longer side, than ``ImageLimits`` allows.
    case tooLarge
    /// A size or parameter given by the caller makes no picture.
    case invalidArgument
    /// The file cannot be opened or read.
    case unreadable
    /// The file cannot be written.
    case unwritable
    /// The system's codec library failed for a reason of its own.
    case codec
    /// A library or a font that labels need is not installed.
    case notInstalled
  }

  /// The kind of failure.
  public var code: Code
  /// The file, or whatever name the caller gave the bytes.
  public var source: String
  /// The offset of the offending byte in the file, where it is known.
  public var offset: Int?
  /// What a valid picture would have had there.
  public var expected: String
  /// What was there instead.
  public var found: String
  /// What the user can do.
  public var remedy: String

  /// Makes an error; the reader's outermost call adds the source.
  public init(
    _ code: Code, source: String = "", offset: Int? = nil, expected: String, found: String,
    remedy: String
  ) {
    self.code = code
    self.source = source
    self.offset = offset
    self.expected = expected
    self.found = found
    self.remedy = remedy
  }

  /// One line: the place, the expectation, what was found, the remedy.
  public var description: String {
    let name = source.isEmpty ? "picture" : source
    let place = offset.map { "\(name), byte \($0)" } ?? name
    return "\(place): expected \(expected), found \(found). \(remedy)"
  }

  /// The same error naming its source.
  func named(_ name: String) -> ImageError {
    guard source.isEmpty else { return self }
    var copy = self
    copy.source = name
    return copy
  }

  static func truncated(at offset: Int?, expected: String, found: String? = nil) -> ImageError {
    ImageError(
      .truncated, offset: offset, expected: expected, found: found ?? "the end of the data",
      remedy: "Copy or download the file again; it is incomplete.")
  }

  static func corrupt(at offset: Int?, expected: String, found: String) -> ImageError {
    ImageError(
      .corrupt, offset: offset, expected: expected, found: found,
      remedy: "Open the file in an image editor and save it anew, or leave it out.")
  }

  static func unsupported(at offset: Int?, expected: String, found: String) -> ImageError {
    ImageError(
      .unsupported, offset: offset, expected: expected, found: found,
      remedy: "Convert the file to a plain JPEG or PNG.")
  }
}
