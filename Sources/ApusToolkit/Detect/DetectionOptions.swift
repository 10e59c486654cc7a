public import ApusBoxes
import ApusGraph

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
  /// The greatest number of boxes for a picture; nil for what the family's own tool shows: 1000, YOLOv10 300,
  /// NanoDet 100.
  public var maxDetections: Int?
  /// Whether boxes of networks that need no suppression are suppressed nonetheless: a guard against duplicates.
  public var suppressesDuplicates = false
  /// How many threads share the work.
  public var threads = 1

  /// The model's own size and thresholds, one thread.
  public init() {}

  /// The parameters of suppression, with those of a model's card where none are given.
  func suppression(_ card: ModelCard) -> NMS.Options {
    let isNanoDet = card.suppression == .nanodet
    let most =
      switch card.suppression {
      case .classwise: 1000
      case .topK: 300
      case .nanodet: NMS.Options.nanodet.maxDetections
      }
    return NMS.Options(
      confidence: confidence ?? ConfidenceThresholds(card.confidenceThreshold),
      iou: iou ?? Double(String(card.iouThreshold)) ?? Double(card.iouThreshold),
      multiLabel: isNanoDet, classes: classes,
      separation: isClassAgnostic ? .agnostic : isNanoDet ? .aboveLargestCoordinate : .fixed(4096),
      singleClassScore: card.family == "YOLOv7" ? .objectness : .product,
      maxDetections: maxDetections ?? most)
  }
}
