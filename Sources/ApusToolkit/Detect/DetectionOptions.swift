public import ApusBoxes

/// How pictures are run through a detector, and which boxes are kept.
public struct DetectionOptions: Sendable {
  /// Height and width of the network's input; nil for the model's own.
  public var inputSize: (height: Int, width: Int)?
  /// Whether the input is cut down to the smallest rectangle that holds the picture, in multiples of the
  /// coarsest stride: what YOLOv5 does with its own checkpoints.
  public var isRectangular = false
  /// Scores to exceed, with exceptions by class; nil for the model's own threshold.
  public var confidence: ConfidenceThresholds?
  /// Overlap to exceed for two boxes to be one object; nil for the model's own threshold.
  public var iou: Double?
  /// Whether boxes of different classes suppress one another.
  public var isClassAgnostic = false
  /// The classes to keep; nil for all.
  public var classes: Set<Int>?
  /// The greatest number of boxes for a picture.
  public var maxDetections = 1000
  /// How many threads share the work.
  public var threads = 1

  /// The model's own size and thresholds, one thread.
  public init() {}

  /// The parameters of suppression, with the thresholds of a model's card where none are given.
  func suppression(confidence cardConfidence: Float, iou cardIoU: Float) -> NMS.Options {
    NMS.Options(
      confidence: confidence ?? ConfidenceThresholds(cardConfidence),
      iou: iou ?? Double(String(cardIoU)) ?? Double(cardIoU), classes: classes,
      separation: isClassAgnostic ? .agnostic : .fixed(4096), maxDetections: maxDetections)
  }
}
