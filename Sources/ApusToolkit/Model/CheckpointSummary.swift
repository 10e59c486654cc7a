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
  /// The published network, such as `yolov5n`, or `custom`.
  public let variant: String
  /// Which of the models in the file was taken: `ema`, `model`, `root` or `state`.
  public let weights: String
  /// The names of the classes.
  public let classNames: [String]
  /// The number of trained numbers, normalisation unfused.
  public let parameters: Int
  /// Input pixels per cell of each level, finest first.
  public let strides: [Int]
  /// The anchors, finest level first; empty for families without.
  public let anchors: [Level]
  /// Whether the anchors equal the ones upstream ships for COCO, by value; nil for families without anchors.
  public let hasCOCOAnchors: Bool?
  /// The last epoch trained; nil for a checkpoint that was stripped after training.
  public let epoch: Int?
  /// When the file was written, as it says.
  public let date: String?

  init(_ checkpoint: DetectorCheckpoint) {
    let network = checkpoint.network
    family = network.family.rawValue
    variant = network.variantName
    weights = checkpoint.source.rawValue
    classNames = network.classNames.names
    parameters = network.parameterCount
    if let set = network.anchors {
      let pixels = set.pixels
      anchors = set.strides.enumerated().map { level, stride in
        Level(stride: stride, grid: set.grid[level], pixels: pixels[level])
      }
      hasCOCOAnchors = set.areCOCODefaults
    } else {
      anchors = []
      hasCOCOAnchors = nil
    }
    strides = network.strides
    epoch = checkpoint.epoch
    date = checkpoint.date
  }
}
