/// Non-maximum suppression: from the rows of a detector to the boxes that stand.
///
/// The semantics are those of `non_max_suppression` in YOLOv5 v6.0, except that no time limit drops
/// boxes. The steps, in order:
///
/// 1. a row whose objectness does not exceed the threshold is dropped;
/// 2. score = objectness · class probability, in binary32;
/// 3. each row gives its best class, or with `multiLabel` every class above the threshold;
/// 4. classes outside the filter are dropped;
/// 5. of more than `maxCandidates` the best are kept;
/// 6. boxes are moved apart by class (`ClassSeparation`), in binary32;
/// 7. from the best score downwards, a box stands unless one that stands already overlaps it by
///    more than `iou`; the first `maxDetections` of these are returned, best first.
///
/// Ties are broken the same way everywhere: of equal class probabilities in a row the lower class,
/// of equal scores the earlier row, then the lower class. Candidates with a NaN score or a
/// coordinate that is not finite are dropped.
public enum NMS {
  /// How boxes of different classes are kept from suppressing each other.
  public enum ClassSeparation: Sendable, Hashable {
    /// Not at all: class-agnostic suppression.
    case agnostic
    /// Coordinates plus this many pixels times the class; boxes wider than that can still meet.
    case fixed(Float)
    /// Coordinates plus (the largest coordinate of all + 1) times the class, as NanoDet does.
    case aboveLargestCoordinate
  }

  /// What the score of a model with a single class is.
  public enum SingleClassScore: Sendable, Hashable {
    /// Objectness times the class probability, as for any number of classes: YOLOv5.
    case product
    /// Objectness alone, since the class output was never trained: YOLOv7.
    case objectness
  }

  /// The parameters of suppression.
  public struct Options: Sendable, Hashable {
    /// The scores to exceed.
    public var confidence: ConfidenceThresholds
    /// The overlap to exceed; the binary32 quotient is compared with it in binary64.
    public var iou: Double
    /// Whether a row may give several detections, one per class.
    public var multiLabel: Bool
    /// The classes to keep; nil keeps all.
    public var classes: Set<Int>?
    /// How classes are kept apart.
    public var separation: ClassSeparation
    /// The score of single-class models.
    public var singleClassScore: SingleClassScore
    /// The greatest number of candidates that enter suppression.
    public var maxCandidates: Int
    /// The greatest number of detections returned.
    public var maxDetections: Int

    /// Parameters that start from YOLOv5's.
    public init(
      confidence: ConfidenceThresholds = ConfidenceThresholds(0.25), iou: Double = 0.45,
      multiLabel: Bool = false, classes: Set<Int>? = nil,
      separation: ClassSeparation = .fixed(4096), singleClassScore: SingleClassScore = .product,
      maxCandidates: Int = 30_000, maxDetections: Int = 300
    ) {
      self.confidence = confidence
      self.iou = iou
      self.multiLabel = multiLabel
      self.classes = classes
      self.separation = separation
      self.singleClassScore = singleClassScore
      self.maxCandidates = maxCandidates
      self.maxDetections = maxDetections
    }

    /// What YOLOv5's `detect.py` uses: 0.25, 0.45, one class per row, at most 1000 detections.
    public static let detect = Options(maxDetections: 1000)

    /// What YOLOv5's `val.py` uses: 0.001, 0.6, every class of a row, at most 300 detections.
    public static let validate = Options(
      confidence: ConfidenceThresholds(0.001), iou: 0.6, multiLabel: true)
  }

  /// The detections in the decoded rows of one picture.
  ///
  /// `rows` holds `[count, 5 + classCount]` numbers: centre x, centre y, width, height, objectness,
  /// class probabilities. A tail that does not fill a row is ignored.
  public static func detections(
    rows: [Float], classCount: Int, options: Options = .detect
  ) -> [Detection] {
    suppress(candidates(rows: rows, classCount: classCount, options: options), options: options)
  }
}
