/// Why a data set could not be read or written.
public struct DatasetError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure.
  public enum Code: String, Sendable, Hashable {
    /// A file or folder is missing or cannot be opened.
    case unreadable
    /// A file's bytes are not UTF-8.
    case notUTF8
    /// A file, or a list in it, is larger than ``DatasetLimits`` allows.
    case tooLarge
    /// Values are nested deeper than any data set needs.
    case tooDeep
    /// The text contradicts the format.
    case malformed
    /// NaN, an infinity, a negative size or another number that makes no box.
    case badNumber
    /// A class that the names do not have.
    case unknownClass
    /// An annotation of a picture that is not there.
    case unknownPicture
    /// Two things share an id or a name that must be their own.
    case duplicate
    /// A valid thing that is not read here, or that the format cannot hold.
    case unsupported
    /// The output is there already or cannot be written.
    case unwritable
  }

  /// The kind of failure.
  public var code: Code
  /// The file or folder.
  public var file: String
  /// The line, element or JSON path in it; empty where the whole file is meant.
  public var place: String
  /// What a valid file would have had there.
  public var expected: String
  /// What was there instead.
  public var found: String
  /// What the user can do.
  public var remedy: String
  /// What it is about, where the code leaves that open; for the check.
  var subject: Subject?

  /// The things faults are about.
  enum Subject: Sendable, Hashable {
    case nonFiniteBox, negativeBox, pictureSize, pictureFile, orphan, listEntry, identifier, split
    /// Only what follows from another fault that was noted.
    case follows
  }

  /// Makes an error.
  public init(
    _ code: Code, file: String, place: String = "", expected: String, found: String, remedy: String
  ) {
    self.code = code
    self.file = file
    self.place = place
    self.expected = expected
    self.found = found
    self.remedy = remedy
  }

  /// One line: the file, the place, the expectation, what was found, the remedy.
  public var description: String {
    "\(file)\(place.isEmpty ? "" : ", \(place)"): expected \(expected), found \(found). \(remedy)"
  }

  /// The same error about a thing.
  func about(_ subject: Subject) -> DatasetError {
    var copy = self
    copy.subject = subject
    return copy
  }

  /// At most 60 characters of a text from a file, on one line.
  static func quote(_ text: some StringProtocol) -> String {
    let short = String(text.prefix(60).map { $0.isNewline || $0 == "\0" ? " " : $0 })
    return "\"\(short)\"" + (text.dropFirst(60).isEmpty ? "" : "…")
  }
}

/// Bounds on files, checked before they are read.
public struct DatasetLimits: Sendable, Hashable {
  /// The most bytes a COCO or LabelMe file may have.
  public var jsonBytes = 4 << 30
  /// The most bytes a label file, an annotation in XML or a list of pictures may have.
  public var textBytes = 64 << 20
  /// The most bytes a data.yaml may have.
  public var yamlBytes = 1 << 20
  /// The deepest nesting of JSON and XML.
  public var depth = 64

  /// The default bounds.
  public init() {}
}

/// What was read of a data set, and what of it had to be left out.
public struct DatasetReading: Sendable {
  /// The data set without the faulty parts.
  public internal(set) var dataset = Dataset()
  /// Where its parts were found.
  var origins = DatasetOrigins()
  /// The first 10,000 faults, in the order of the files.
  public private(set) var faults: [DatasetError] = []
  /// The number of all faults.
  public private(set) var faultCount = 0

  /// Notes a fault of a part that is left out.
  mutating func note(_ fault: DatasetError) {
    faultCount += 1
    if faults.count < 10_000 { faults.append(fault) }
  }

  /// The result of `body`, or nil after noting why there is none.
  mutating func attempt<T>(_ body: () throws(DatasetError) -> T) -> T? {
    do throws(DatasetError) { return try body() } catch {
      note(error)
      return nil
    }
  }
}
