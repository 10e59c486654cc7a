/// By how much COCO's AP and YOLOv5's mAP differ on the same detections, and why.
///
/// From COCO's conventions to YOLOv5's one is changed after the other, and the AP taken each time: the
/// differences sum to the whole. What one of them is worth depends on those changed before it.
public struct MetricDifference: Sendable, Hashable {
  /// AP in both definitions' ways: over thresholds, and at 0.5.
  public struct Values: Sendable, Hashable, Encodable {
    /// At IoU 0.5 to 0.95, in `0...1`.
    public let ap: Double
    /// At IoU 0.5, in `0...1`.
    public let ap50: Double
  }

  /// A convention in which both differ, in the order in which they are changed.
  public enum Reason: String, Sendable, Hashable, CaseIterable, Encodable {
    /// How many detections are looked at.
    case limit
    /// What detections on crowds count as.
    case crowds
    /// Which object a detection may find.
    case matching
    /// How the area under the curve is taken.
    case interpolation
    /// How numbers are rounded, and which of equal scores comes first.
    case rounding

    /// Both conventions in words.
    public var words: String {
      switch self {
      case .limit:
        "COCO looks at the best 100 detections of a class in a picture, YOLO at all of them"
      case .crowds:
        "COCO leaves detections on crowds out, to YOLO they are false positives"
      case .matching:
        "a detection whose best object is taken may find its second best in COCO, not in YOLO"
      case .interpolation:
        "COCO averages 101 samples of a staircase, YOLO takes trapezoids under a line from recall 0, "
          + "precision 1 to recall 1, precision 0"
      case .rounding:
        "YOLO computes in single precision, and orders equal scores otherwise"
      }
    }
  }

  /// What changing one convention adds.
  public struct Step: Sendable, Hashable {
    /// The convention.
    public let reason: Reason
    /// What is added to AP and AP50; below 0 where YOLO's is lower.
    public let change: Values
  }

  /// COCO's AP and AP50.
  public let coco: Values
  /// YOLOv5's mAP50-95 and mAP50.
  public let yolo: Values
  /// What every convention is worth; the changes sum to `yolo` less `coco`.
  public let steps: [Step]

  /// YOLO's values less COCO's.
  public var total: Values { Values(ap: yolo.ap - coco.ap, ap50: yolo.ap50 - coco.ap50) }

  /// Explains the difference between two evaluations of the same detections.
  ///
  /// - Returns: nil where no class has an object to find: nothing is measured.
  /// - Throws: ``COCOError`` as ``COCOEvaluation`` does.
  public init?(
    groundTruth: [COCOGroundTruth], detections: [COCODetection], images: [Int], categories: [Int],
    coco: COCOEvaluation, yolo: YOLOEvaluation
  ) throws(COCOError) {
    let images = Set(images).sorted()
    let categories = Set(categories).sorted()
    let input = PrecisionConventions.Input(
      detections: detections,
      found: try COCOEvaluation.group(detections, images: images, categories: categories),
      truths: groundTruth,
      objects: try COCOEvaluation.group(groundTruth, images: images, categories: categories),
      categoryCount: categories.count)
    let summary = coco.summary
    guard summary.ap >= 0, let mAP = yolo.mAP, let mAP50 = yolo.mAP50 else { return nil }
    self.coco = Values(ap: summary.ap, ap50: summary.ap50)
    self.yolo = Values(ap: mAP, ap50: mAP50)

    let reasons = Reason.allCases.filter { $0 != .rounding }
    var conventions = [PrecisionConventions.coco]
    for reason in reasons {
      var next = conventions[conventions.count - 1]
      switch reason {
      case .limit: next.limit = nil
      case .crowds: next.ignoresCrowds = false
      case .matching: next.fallsBack = false
      case .interpolation: next.interpolation = .trapezoids
      case .rounding: break
      }
      conventions.append(next)
    }
    guard let values = PrecisionConventions.averagePrecisions(conventions, input) else {
      return nil
    }
    var rest = (ap: mAP - summary.ap, ap50: mAP50 - summary.ap50)
    var steps: [Step] = []
    for (index, reason) in reasons.enumerated() {
      let change = Values(
        ap: values[index + 1].ap - values[index].ap,
        ap50: values[index + 1].ap50 - values[index].ap50)
      steps.append(Step(reason: reason, change: change))
      rest = (rest.ap - change.ap, rest.ap50 - change.ap50)
    }
    // Single precision cannot be changed alone: it is what is left.
    steps.append(Step(reason: .rounding, change: Values(ap: rest.ap, ap50: rest.ap50)))
    self.steps = steps
  }
}
