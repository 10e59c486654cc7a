/// What is wrong with a weight file: where, what was expected, and what to do about it.
public struct CheckpointError: Error, Hashable, Sendable {
  /// The kind of the problem.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The name of the kind.
    public let description: String
    init(_ name: String) { description = name }

    /// The file cannot be opened or read.
    public static let unreadable = Code("unreadable")
    /// The file cannot be written.
    public static let unwritable = Code("unwritable")
    /// The file is none of the formats read here.
    public static let unknownFormat = Code("unknownFormat")
    /// The zip archive, or the file around the pickles, is damaged.
    public static let corruptArchive = Code("corruptArchive")
    /// An entry that the file itself refers to is not there.
    public static let missingEntry = Code("missingEntry")
    /// The pickle is damaged.
    public static let corruptPickle = Code("corruptPickle")
    /// The pickle asks for program code to be run.
    public static let dangerousCall = Code("dangerousCall")
    /// A tensor's type, sizes, strides or storage do not fit together.
    public static let badTensor = Code("badTensor")
    /// A safetensors header breaks the format's rules.
    public static let badHeader = Code("badHeader")
    /// A declared size is beyond the limits.
    public static let tooLarge = Code("tooLarge")
    /// The file is sound but uses something this package does not read.
    public static let unsupported = Code("unsupported")
    /// A value is not of the kind that was asked for.
    public static let unexpectedValue = Code("unexpectedValue")
  }

  /// Where in a file something is wrong.
  public struct Place: Hashable, Sendable {
    /// The name of the file.
    public var file: String
    /// The entry of the archive, or the name of the tensor, if there is one.
    public var entry: String?
    /// The byte in the entry, or in the file if there is no entry.
    public var offset: Int?
    /// The name of the pickle opcode at that byte.
    public var opcode: String?

    /// A place in a file.
    public init(file: String, entry: String? = nil, offset: Int? = nil, opcode: String? = nil) {
      self.file = file
      self.entry = entry
      self.offset = offset
      self.opcode = opcode
    }

    func at(entry: String) -> Place { Place(file: file, entry: entry) }
    func at(offset: Int) -> Place { Place(file: file, entry: entry, offset: offset) }

    func error(
      _ code: Code, _ problem: String, expected: String? = nil, remedy: String = Remedy.copyAgain
    ) -> CheckpointError {
      CheckpointError(
        code: code, place: self, problem: problem, expected: expected, remedy: remedy)
    }
  }

  /// The kind of the problem.
  public let code: Code
  /// Where it is.
  public let place: Place
  /// What was found.
  public let problem: String
  /// What should have been there, if that can be said.
  public let expected: String?
  /// What to do.
  public let remedy: String
}

extension CheckpointError: CustomStringConvertible {
  /// One sentence each for the problem, the expectation and the remedy, after the place.
  public var description: String {
    var text = place.description + ": " + problem
    if let expected { text += "; expected " + expected }
    return text + ". " + remedy
  }
}

extension CheckpointError.Place: CustomStringConvertible {
  /// `file, entry, byte 12 (REDUCE)`.
  public var description: String {
    var text = file
    if let entry { text += ", " + entry }
    if let offset { text += ", byte \(offset)" }
    if let opcode { text += " (\(opcode))" }
    return text
  }
}

/// Sentences that several errors share.
enum Remedy {
  static let copyAgain = "The file is damaged or incomplete: copy or download it again."
  static let neverRun =
    "Nothing was run. Do not open this file with torch.load; get the weights from a source you trust."
  static let saveAgain =
    "Load the file with the PyTorch that wrote it and save it again with torch.save."
  static let limits = "If the file is right, raise the limit in CheckpointLimits."
}
