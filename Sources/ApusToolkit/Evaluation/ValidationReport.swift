import ApusDatasets
import ApusMetrics

/// What `apus val` has to say: the evaluation, what it took, and from what it came.
public struct ValidationReport: Sendable {
  /// The measures.
  public let evaluation: Evaluation
  /// What the stages took; nil where the detections were made elsewhere.
  public let times: StageTimes?
  /// The most memory the process held, in bytes; nil where the system does not tell.
  public let peakMemory: Int?
  /// From what the result came.
  public let manifest: RunManifest
  /// How large the network is; nil where the detections were made elsewhere.
  public let network: NetworkFigures?

  /// A report.
  public init(
    evaluation: Evaluation, times: StageTimes?, peakMemory: Int?, manifest: RunManifest,
    network: NetworkFigures? = nil
  ) {
    self.network = network
    self.evaluation = evaluation
    self.times = times
    self.peakMemory = peakMemory
    self.manifest = manifest
  }
}

extension ValidationReport {
  /// What a reader must know: of the detections, and of numbers that stand for nothing.
  public var notes: [String] {
    var notes = evaluation.results.notes
    if evaluation.results.detections.isEmpty {
      notes.append("there is no detection at all: AP, recall and, by convention, precision are 0")
    }
    let without = evaluation.pictures.count { $0.truths.isEmpty }
    if without > 0 {
      notes.append(
        "\(without) of \(evaluation.pictures.count) pictures have no object; detections there are false"
      )
    }
    let absent = evaluation.data.dataset.classes.count - evaluation.yolo.classes.count
    if absent > 0 {
      notes.append(
        "\(absent) of \(evaluation.data.dataset.classes.count) classes have no object: they are in no mean,"
          + " and their detections cost nothing")
    }
    return notes
  }

  /// One number for accuracy and speed: `mAP · 100 + (1000 − i_time) · 0.1`, with the YOLO-style mAP at an IoU
  /// of 0.5 and `i_time` the mean milliseconds of pre-process, inference and post-process for a picture; nil
  /// without times.
  public var score: Double? {
    guard let mAP50 = evaluation.yolo.mAP50, let time = times?.meanTime else { return nil }
    return AccuracySpeedScore.value(mAP50: mAP50, milliseconds: time)
  }

  /// By how much the two definitions of AP differ here, and why.
  public struct DefinitionGap: Sendable, Hashable, Encodable {
    /// YOLO's mAP50 less COCO's AP50.
    public let at50: Double
    /// YOLO's mAP50-95 less COCO's AP.
    public let at50To95: Double
    /// Why they differ.
    public let why: String
  }

  /// The two definitions side by side; nil where either measures nothing.
  public var definitionGap: DefinitionGap? {
    let coco = evaluation.coco.summary
    guard let mAP50 = evaluation.yolo.mAP50, let mAP = evaluation.yolo.mAP, coco.ap >= 0 else {
      return nil
    }
    let crowds = evaluation.data.truths.count { $0.isCrowd }
    let most = evaluation.pictures.map(\.detections.count).max() ?? 0
    var reasons = [
      "COCO takes the mean precision at 101 recalls, YOLO the area under straight lines between 101 points",
      "COCO matches by descending score, YOLO by descending overlap",
    ]
    if crowds > 0 {
      reasons.append("COCO forgives detections on \(crowds) crowds, YOLO counts them as false")
    }
    if most > 100 {
      reasons.append(
        "COCO looks at the best 100 detections of a class in a picture, YOLO at all (here up to \(most) a"
          + " picture)")
    }
    return DefinitionGap(
      at50: mAP50 - coco.ap50, at50To95: mAP - coco.ap, why: reasons.joined(separator: "; "))
  }
}
