/// One object that a person marked in a picture.
public struct GroundTruth: Sendable, Hashable {
  /// Where it is, in pixels of the original picture.
  public var box: Box
  /// The index of its class in the names of the data set.
  public var classID: Int
  /// Whether the box stands for a crowd that is neither counted nor punished.
  public var isCrowd: Bool
  /// The area of the object's outline in pixels², where the data set gives it: COCO sorts by it.
  public var outlineArea: Double?

  /// A marked object.
  public init(box: Box, classID: Int, isCrowd: Bool = false, outlineArea: Double? = nil) {
    self.box = box
    self.classID = classID
    self.isCrowd = isCrowd
    self.outlineArea = outlineArea
  }
}
