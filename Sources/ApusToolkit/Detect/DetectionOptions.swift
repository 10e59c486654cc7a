public import ApusBoxes
import ApusGraph

/// How pictures are run through a detector, and which boxes are kept.
public struct DetectionOptions: Sendable {
  /// What detections are for.
  public enum Purpose: String, Sendable {
    /// To be seen: few, sure boxes, one class each.
    case prediction
    /// To be measured: nearly all boxes, every class of each; pictures fitted as upstream's validation does.
    case validation
  }

  /// What the detections are for; tells what stands for options that are nil.
  public var purpose = Purpose.prediction
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
  /// How pictures are fitted into the input, where it is not to be as the model's card says.
  ///
  /// Rectangles are asked for by ``isRectangular`` alone.
  public var preprocess = PreprocessVariant.own
  /// How many threads share the work.
  public var threads = 1

  /// How many pictures the network takes at once; nil for the model's own, which is 1 where it takes any.
  ///
  /// Only batches of pictures are run so; a single picture asks for 1.
  public var batch: Int?

  /// The model's own size and thresholds, one thread.
  public init() {}

  /// What upstream's validation uses.
  ///
  /// | family | score above | overlap above | classes of a box | most boxes |
  /// |---|---|---|---|---|
  /// | YOLOv5 (`val.py`) | 0.001 | 0.6 | all | 300 |
  /// | YOLOv7 (`test.py`) | 0.001 | 0.65 | all | 300 |
  /// | YOLOv10, end to end | 0.001 | none suppressed | all | 300 |
  /// | NanoDet (`nanodet_head.py`) | 0.05 | 0.6 | all | 100 |
  ///
  /// Others are taken as YOLOv5.
  public static var validation: DetectionOptions {
    var options = DetectionOptions()
    options.purpose = .validation
    return options
  }

  /// The parameters of suppression, with those of a model's card where none are given.
  func suppression(_ card: ModelCard) -> NMS.Options {
    let isNanoDet = card.suppression == .nanodet
    let isYOLOv7 = card.family == "YOLOv7"
    let separation: NMS.ClassSeparation =
      isClassAgnostic ? .agnostic : isNanoDet ? .aboveLargestCoordinate : .fixed(4096)
    let own: NMS.Options
    switch purpose {
    case .prediction:
      let most =
        switch card.suppression {
        case .classwise: 1000
        case .topK: 300
        case .nanodet: NMS.Options.nanodet.maxDetections
        }
      own = NMS.Options(
        confidence: ConfidenceThresholds(card.confidenceThreshold),
        iou: Double(String(card.iouThreshold)) ?? Double(card.iouThreshold),
        multiLabel: isNanoDet, maxDetections: most)
    case .validation:
      var validate = isNanoDet ? .nanodet : NMS.Options.validate
      validate.multiLabel = true
      if isYOLOv7 { validate.iou = 0.65 }
      own = validate
    }
    return NMS.Options(
      confidence: confidence ?? own.confidence, iou: iou ?? own.iou, multiLabel: own.multiLabel,
      classes: classes, separation: separation,
      singleClassScore: isYOLOv7 ? .objectness : .product,
      maxDetections: maxDetections ?? own.maxDetections)
  }

  /// The score to exceed that stands for ``confidence`` where that is nil.
  ///
  /// - Throws: `ApusError` where the outputs of the model are not understood.
  public func baseConfidence(for model: Model) throws(ApusError) -> Float {
    var options = self
    options.confidence = nil
    return options.suppression(try Detector.card(of: model)).confidence.base
  }
}
