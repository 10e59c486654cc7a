import ApusBoxes
import ApusDatasets
import ApusMetrics

extension ValidationReport: Encodable {
  /// Writes the report; a measure for which there is nothing to measure, COCO's -1, is null.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    let data = evaluation.data
    try values.encode(
      Data(
        path: data.path, split: data.split, pictures: data.dataset.pictures.count,
        objects: data.truths.count { !$0.isCrowd }, crowds: data.truths.count { $0.isCrowd },
        classes: data.classNames.names), forKey: "data")
    try values.encode(evaluation.results.name, forKey: "results")
    try values.encode(evaluation.results.detections.count, forKey: "detections")
    try values.encode(notes, forKey: "notes")
    try values.encode(COCO(evaluation.coco.summary), forKey: "coco")
    try values.encode(YOLO(evaluation.yolo), forKey: "yolo")
    try values.encodeIfPresent(evaluation.difference.map(Difference.init), forKey: "difference")
    try values.encode(evaluation.errors.kinds.map(Mistakes.init), forKey: "errors")
    try values.encode(classes, forKey: "classes")
    try values.encode(Curves(evaluation.yolo), forKey: "curves")
    try values.encode(Confusion(evaluation.confusion, data.classNames.names), forKey: "confusion")
    if let times {
      let stages = Dictionary(uniqueKeysWithValues: times.stages.map { ($0.name, $0.summary) })
      try values.encode(stages, forKey: "milliseconds")
      try values.encodeIfPresent(times.meanTime, forKey: "iTime")
      try values.encodeIfPresent(times.framesPerSecond, forKey: "framesPerSecond")
    }
    try values.encodeIfPresent(score, forKey: "score")
    try values.encodeIfPresent(peakMemory, forKey: "peakMemoryBytes")
    try values.encodeIfPresent(network, forKey: "network")
    try values.encode(manifest, forKey: "manifest")
  }

  /// One class of the data set by both definitions.
  public struct ClassMeasures: Sendable, Hashable, Encodable {
    /// Its name.
    public let name: String
    /// Its id in the data set.
    public let id: Int
    /// How many pictures have an object of it.
    public let pictures: Int
    /// How many objects it has, crowds left out.
    public let objects: Int
    /// How many detections there are of it.
    public let detections: Int
    /// COCO's AP, AP50 and AP75 and those of small, medium and large objects; nil without such objects.
    public let ap: Double?
    /// See ``ap``.
    public let ap50: Double?
    /// See ``ap``.
    public let ap75: Double?
    /// See ``ap``.
    public let apSmall: Double?
    /// See ``ap``.
    public let apMedium: Double?
    /// See ``ap``.
    public let apLarge: Double?
    /// YOLO's precision at the confidence of the evaluation, and further measures; nil without objects.
    public let precision: Double?
    /// See ``precision``.
    public let recall: Double?
    /// See ``precision``.
    public let f1: Double?
    /// See ``precision``.
    public let mAP50: Double?
    /// See ``precision``.
    public let mAP: Double?
    /// The threshold with the best F1; nil where nothing was found.
    public let bestConfidence: Double?
  }

  /// All classes, in the order of the data set.
  public var classes: [ClassMeasures] {
    let coco = Dictionary(
      evaluation.coco.classes.map { ($0.categoryID, $0) }, uniquingKeysWith: { first, _ in first })
    let yolo = Dictionary(
      evaluation.yolo.classes.map { ($0.classID, $0) }, uniquingKeysWith: { first, _ in first })
    let best = evaluation.yolo.bestConfidences(.f1)
    var pictures = [Int](repeating: 0, count: evaluation.data.dataset.classes.count)
    var detections = pictures
    for picture in evaluation.pictures {
      for classID in Set(picture.truths.filter { !$0.isCrowd }.map(\.classID)) {
        pictures[classID] += 1
      }
      for detection in picture.detections { detections[detection.classID] += 1 }
    }
    return evaluation.data.dataset.classes.enumerated().map { index, entry in
      let (own, of) = (coco[entry.id], yolo[index])
      func measured(_ value: Double?) -> Double? { value.flatMap { $0 < 0 ? nil : $0 } }
      return ClassMeasures(
        name: entry.name, id: entry.id, pictures: pictures[index],
        objects: own?.objectCount(in: .all) ?? 0, detections: detections[index],
        ap: measured(own?.averagePrecision()),
        ap50: measured(own?.averagePrecision(threshold: 0)),
        ap75: measured(own?.averagePrecision(threshold: COCOProtocol.strict)),
        apSmall: measured(own?.averagePrecision(area: .small)),
        apMedium: measured(own?.averagePrecision(area: .medium)),
        apLarge: measured(own?.averagePrecision(area: .large)),
        precision: of?.precision, recall: of?.recall, f1: of?.f1,
        mAP50: of?.averagePrecisions.first, mAP: of?.meanAveragePrecision,
        bestConfidence: best[index].map { Double($0.threshold) })
    }
  }
}

private struct Key: CodingKey, ExpressibleByStringLiteral {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringLiteral value: String) { stringValue = value }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

private struct Data: Encodable {
  let path: String
  let split: String?
  let pictures: Int
  let objects: Int
  let crowds: Int
  let classes: [String]
}

private struct COCO: Encodable {
  let summary: COCOSummary

  init(_ summary: COCOSummary) { self.summary = summary }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    let keys: [Key] = [
      "AP", "AP50", "AP75", "APSmall", "APMedium", "APLarge", "AR1", "AR10", "AR100", "ARSmall",
      "ARMedium", "ARLarge",
    ]
    for (key, number) in zip(keys, summary.numbers) {
      if number < 0 {
        try values.encodeNil(forKey: key)
      } else {
        try values.encode(number, forKey: key)
      }
    }
  }
}

/// From COCO's values to YOLO's, what changing one convention after the other adds.
private struct Difference: Encodable {
  struct Step: Encodable {
    let reason: MetricDifference.Reason
    let words: String
    let change: MetricDifference.Values
  }

  let coco: MetricDifference.Values
  let yolo: MetricDifference.Values
  let steps: [Step]

  init(_ difference: MetricDifference) {
    coco = difference.coco
    yolo = difference.yolo
    steps = difference.steps.map {
      Step(reason: $0.reason, words: $0.reason.words, change: $0.change)
    }
  }
}

private struct YOLO: Encodable {
  let precision: Double?
  let recall: Double?
  let mAP50: Double?
  let mAP: Double?
  let fitness: Double?
  let confidence: Double?

  init(_ yolo: YOLOEvaluation) {
    precision = yolo.precision
    recall = yolo.recall
    mAP50 = yolo.mAP50
    mAP = yolo.mAP
    fitness = yolo.fitness
    confidence = yolo.confidence
  }
}

/// The curves averaged over the classes, every tenth of their points.
private struct Curves: Encodable {
  let confidence: [Double]
  let precision: [Double]
  let recall: [Double]
  let f1: [Double]

  init(_ yolo: YOLOEvaluation) {
    func tenth(_ curve: [Double]) -> [Double] {
      stride(from: 0, to: curve.count, by: 10).map { curve[$0] }
    }
    confidence = tenth(ConfidenceCurves.confidences)
    precision = tenth(yolo.meanCurve(\.precision))
    recall = tenth(yolo.meanCurve(\.recall))
    f1 = tenth(yolo.meanCurve(\.f1))
  }
}

/// Rows by predicted class, columns by true class; the last of both is the background.
private struct Confusion: Encodable {
  let classes: [String]
  let confidence: Float
  let overlap: Float
  let rows: [[Int]]

  init(_ matrix: ConfusionMatrix, _ names: [String]) {
    classes = names + ["background"]
    confidence = matrix.confidence
    overlap = matrix.overlap
    rows = matrix.rows
  }
}
