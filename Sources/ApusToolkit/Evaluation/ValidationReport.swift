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
    let outside = evaluation.results.detections.count { !(0...1).contains($0.score) }
    if outside > 0 {
      notes.append(
        "\(outside) detections score outside 0 to 1: AP takes the order of scores alone, but curves,"
          + " thresholds and calibration know 0 to 1 only")
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
}
