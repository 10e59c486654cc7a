/// One object that a detector reports.
public struct Detection: Sendable, Hashable {
  /// Where it is: in pixels of the original picture once the letterbox has been undone.
  public var box: Box
  /// How sure the detector is, in `0...1`.
  public var score: Float
  /// The index of its class in the model's names.
  public var classID: Int

  /// A detection.
  public init(box: Box, score: Float, classID: Int) {
    self.box = box
    self.score = score
    self.classID = classID
  }
}
