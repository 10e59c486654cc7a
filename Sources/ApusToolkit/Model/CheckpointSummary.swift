import ApusBoxes
import ApusFamilies

/// What a checkpoint says of itself.
public struct CheckpointSummary: Sendable, Encodable {
  /// The anchors of one level of the head.
  public struct Level: Sendable, Encodable {
    /// Input pixels per cell.
    public let stride: Int
    /// Width and height of each anchor in cells.
    public let grid: [[Float]]
    /// Width and height of each anchor in input pixels.
    public let pixels: [[Float]]
  }

  /// The detector family.
  public let family: String
  /// The size within the family, or `custom`.
  public let variant: String
  /// Which of the models in the file was taken: `ema`, `model` or `root`.
  public let weights: String
  /// The names of the classes.
  public let classNames: [String]
  /// The number of trained numbers, normalisation unfused.
  public let parameters: Int
  /// The anchors, finest level first.
  public let anchors: [Level]
  /// Whether the anchors equal the ones upstream ships for COCO, by value.
  public let hasCOCOAnchors: Bool
  /// The last epoch trained; nil for a checkpoint that was stripped after training.
  public let epoch: Int?
  /// When the file was written, as it says.
  public let date: String?

  init(_ checkpoint: YOLOv5Checkpoint) {
    family = FamilyCatalogue.Family.yolov5.rawValue
    variant = checkpoint.variant
    weights = checkpoint.source.rawValue
    classNames = checkpoint.classNames.names
    parameters = checkpoint.parameterCount
    let pixels = checkpoint.anchors.pixels
    anchors = checkpoint.strides.enumerated().map { level, stride in
      Level(stride: stride, grid: checkpoint.anchors.grid[level], pixels: pixels[level])
    }
    hasCOCOAnchors = checkpoint.anchors.areCOCODefaults
    epoch = checkpoint.epoch
    date = checkpoint.date
  }
}
