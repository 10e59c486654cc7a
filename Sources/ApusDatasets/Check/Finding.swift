/// Something that a check of a data set found.
public struct Finding: Sendable, Hashable, Encodable {
  /// How much it matters.
  public enum Severity: String, Sendable, Hashable, Encodable, CaseIterable, Comparable {
    /// Training or evaluation on it would fail, or would be wrong.
    case error
    /// Probably a mistake; a person should look.
    case warning
    /// Worth knowing.
    case note

    /// Errors come first.
    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

    private var rank: Int {
      switch self {
      case .error: 0
      case .warning: 1
      case .note: 2
      }
    }
  }

  /// What kind of thing it is.
  public var kind: FindingKind
  /// How much it matters.
  public var severity: Severity
  /// The file that has to be corrected.
  public var file: String
  /// The line, the JSON path or the id in it; empty where the whole file is meant.
  public var place: String
  /// What is there.
  public var found: String
  /// What a person can do about it.
  public var remedy: String

  /// A finding; the severity and the remedy are the kind's own where none is given.
  public init(
    _ kind: FindingKind, _ severity: Severity? = nil, file: String, place: String = "",
    found: String, remedy: String? = nil
  ) {
    self.kind = kind
    self.severity = severity ?? kind.severity
    self.file = file
    self.place = place
    self.found = found
    self.remedy = remedy ?? kind.remedy
  }
}

/// The kinds of things that a check finds; the raw value is the code in reports.
public enum FindingKind: String, Sendable, Hashable, Encodable, CaseIterable {
  // Pictures
  /// Labels, or an entry of a list, without the file of the picture.
  case missingPicture = "missing-picture"
  /// A picture that cannot be decoded from the first byte to the last.
  case corruptPicture = "corrupt-picture"
  /// A picture that cannot be opened.
  case unreadablePicture = "unreadable-picture"
  /// A name that says another format than the bytes do.
  case wrongEnding = "wrong-ending"
  /// A stated size that is not the picture's.
  case sizeMismatch = "size-mismatch"
  /// A picture that is stored turned or mirrored.
  case orientation = "exif-orientation"
  /// A picture with a side that is too small to learn from.
  case smallPicture = "small-picture"
  /// A picture that is very much wider than high, or the reverse.
  case extremeAspect = "extreme-aspect"
  /// A picture that is not plain red, green and blue.
  case colorModel = "color-model"
  /// Two pictures of one split with the same contents.
  case duplicatePicture = "duplicate-picture"
  /// Two pictures that look the same without being equal.
  case similarPicture = "similar-picture"
  /// The same picture to train and to judge with.
  case leak
  /// Two pictures that share a name before the ending, and with it a file of labels.
  case duplicateName = "duplicate-name"
  /// A picture beside the others that no annotation file knows.
  case unlabelledPicture = "unlabelled-picture"

  // Files of labels
  /// A picture, or an entry of a list, without a file of labels.
  case missingLabel = "missing-label"
  /// A file of labels with nothing in it.
  case emptyLabel = "empty-label"
  /// A picture that is known to have no object.
  case background = "background-picture"
  /// A file of labels that cannot be read.
  case unreadableLabel = "unreadable-label"
  /// A label that contradicts the format.
  case malformedLabel = "malformed-label"
  /// An id that two things share.
  case duplicateID = "duplicate-id"
  /// An annotation of a picture that the file does not have.
  case unknownPicture = "unknown-picture"

  // Boxes
  /// A box with a number that is not finite, or far beyond any picture.
  case nonFiniteBox = "non-finite-box"
  /// A box whose right or lower edge lies before the other.
  case negativeBox = "negative-box"
  /// A box without any area.
  case zeroArea = "zero-area"
  /// A box with a side under 3 pixels.
  case tinyBox = "tiny-box"
  /// A box that goes over the edge of its picture.
  case boxOverEdge = "box-over-edge"
  /// A box of which nothing lies in its picture.
  case boxOutside = "box-outside"
  /// A YOLO label whose numbers are no fractions.
  case notNormalised = "not-normalised"
  /// VOC corners at 0, where VOC counts from 1.
  case cornersFromZero = "corners-from-zero"
  /// The same box of the same class twice.
  case duplicateBox = "duplicate-box"
  /// Boxes of different classes that all but coincide.
  case classOverlap = "class-overlap"

  // Classes and splits
  /// A class that the names do not have.
  case unknownClass = "unknown-class"
  /// A class without any object.
  case unusedClass = "unused-class"
  /// Two classes of one name.
  case duplicateClass = "duplicate-class"
  /// A split that cannot be found.
  case missingSplit = "missing-split"
  /// A split without pictures.
  case emptySplit = "empty-split"

  /// How much such a thing matters, as a rule.
  public var severity: Finding.Severity {
    switch self {
    case .missingPicture, .corruptPicture, .unreadablePicture, .sizeMismatch, .leak, .missingLabel,
      .unreadableLabel, .malformedLabel, .duplicateID, .unknownPicture, .nonFiniteBox, .negativeBox,
      .zeroArea, .boxOutside, .notNormalised, .unknownClass, .missingSplit:
      .error
    case .wrongEnding, .orientation, .smallPicture, .extremeAspect, .duplicatePicture,
      .similarPicture, .duplicateName, .unlabelledPicture, .tinyBox, .boxOverEdge,
      .cornersFromZero, .duplicateBox, .classOverlap, .duplicateClass, .emptySplit:
      .warning
    case .colorModel, .emptyLabel, .background, .unusedClass: .note
    }
  }

  /// What a person can do about such a thing.
  public var remedy: String {
    switch self {
    case .missingPicture: "Add the picture, or remove what names it."
    case .corruptPicture: "Fetch the picture again, or remove it with its labels."
    case .unreadablePicture: "Check what lies there and its permissions."
    case .wrongEnding: "Rename the file; some readers go by the ending."
    case .sizeMismatch: "Check that labels and picture belong together, then correct the size."
    case .orientation: "Look at the boxes on the picture: readers differ in whether they turn it."
    case .smallPicture: "Leave it out, unless objects this small are wanted."
    case .extremeAspect: "Cut it into tiles; letterboxing leaves few pixels of it."
    case .colorModel: "Nothing, if the detector will see such pictures."
    case .duplicatePicture: "Keep one, with the labels of both."
    case .similarPicture: "Look at both; keep one if they are the same."
    case .leak: "Remove it from the training split; results on the other would be too good."
    case .duplicateName: "Rename one: they share a file of labels."
    case .unlabelledPicture: "Label it, state that it has no object, or remove it."
    case .missingLabel: "Label the picture, or remove the entry."
    case .emptyLabel, .background: "Nothing, if there is really no object in the picture."
    case .unreadableLabel: "Save the file anew as UTF-8 text."
    case .malformedLabel: "Correct or remove it."
    case .duplicateID: "Give each its own id."
    case .unknownPicture: "Add the picture to the file, or remove the annotation."
    case .nonFiniteBox, .negativeBox, .zeroArea: "Draw the box anew, or remove it."
    case .tinyBox: "Look at it; so small an object can hardly be learnt."
    case .boxOverEdge: "Clip the box to the picture."
    case .boxOutside: "Draw the box anew, or remove it."
    case .notNormalised: "Divide by the sides of the picture; YOLO's numbers go from 0 to 1."
    case .cornersFromZero: "If the labels count from 0, read them with --corners from-zero."
    case .duplicateBox: "Remove one of them."
    case .classOverlap: "Look which class is right, and remove the other."
    case .unknownClass: "Correct the class, or add its name to the list."
    case .unusedClass: "Nothing, or remove the class from the list."
    case .duplicateClass: "Merge them into one."
    case .missingSplit: "Correct the path of the split."
    case .emptySplit: "Add pictures to it, or remove it."
    }
  }
}
