/// What a repair did to a data set.
public struct RepairReport: Sendable, Encodable {
  /// One thing that was done.
  public struct Action: Sendable, Hashable, Encodable {
    /// What was done.
    public enum Kind: String, Sendable, Hashable, Encodable, CaseIterable {
      /// A label that could not be read, or has no class or picture, was left out.
      case leftOutLabel = "left-out-label"
      /// A picture or a file of labels that could not be read was left out.
      case leftOutFile = "left-out-file"
      /// A picture that cannot be used was dropped with its labels.
      case droppedPicture = "dropped-picture"
      /// A copy of another picture of the split was dropped with its labels.
      case droppedCopy = "dropped-copy"
      /// A picture to judge with was taken out of what is trained with.
      case droppedLeak = "dropped-leak"
      /// A picture got another name.
      case renamed
      /// A stated size was replaced by the picture's own.
      case correctedSize = "corrected-size"
      /// Labels drawn on the picture as stored were turned upright.
      case turnedLabels = "turned-labels"
      /// A box was clipped to its picture.
      case clippedBox = "clipped-box"
      /// A box without area was dropped.
      case droppedEmptyBox = "dropped-empty-box"
      /// A box outside its picture was dropped.
      case droppedOutsideBox = "dropped-outside-box"
      /// A repeated box was dropped.
      case droppedDuplicateBox = "dropped-duplicate-box"
      /// A run-length mask that could not follow its box was dropped.
      case droppedMask = "dropped-mask"
      /// Two classes of one name became one.
      case mergedClass = "merged-class"
    }

    /// What was done.
    public let kind: Kind
    /// The file of the original it was done to.
    public let file: String
    /// The place in it.
    public let place: String
    /// What changed.
    public let what: String
  }

  /// The repaired copy.
  public let path: String
  /// Its format.
  public let format: String
  /// Pictures of the copy.
  public internal(set) var pictures = 0
  /// Labels of the copy.
  public internal(set) var labels = 0
  /// Everything that was done, in order.
  public internal(set) var actions: [Action] = []
  /// Faulty parts beyond those listed, which were left out as well.
  public internal(set) var unlisted = 0

  init(path: String, format: String) {
    self.path = path
    self.format = format
  }

  mutating func add(_ kind: Action.Kind, _ file: String, _ place: String = "", _ what: String) {
    actions.append(Action(kind: kind, file: file, place: place, what: what))
  }
}
