/// What one configuration of a sweep measured.
public struct SweepMeasures: Sendable, Hashable, Codable {
  /// How many pictures were run.
  public var pictures: Int
  /// YOLO's mAP at an overlap of 0.5.
  public var mAP50: Double
  /// YOLO's mAP, mean over the overlaps 0.5 to 0.95.
  public var mAP: Double
  /// COCO's AP at an overlap of 0.5.
  public var cocoAP50: Double?
  /// COCO's AP.
  public var cocoAP: Double?
  /// Mean milliseconds of pre-process for a picture.
  public var preprocess: Double
  /// Mean milliseconds of inference for a picture.
  public var inference: Double
  /// Mean milliseconds of post-process for a picture.
  public var postprocess: Double
  /// Numbers in the constants of the network.
  public var parameters: Int?
  /// Multiply-accumulates for a picture at the input's full size.
  public var multiplyAccumulates: Int?
  /// Bytes of the constants of the network as they are stored.
  public var weightBytes: Int?
  /// The most memory the process held, in bytes.
  public var peakMemory: Int?

  /// Measures.
  public init(
    pictures: Int, mAP50: Double, mAP: Double, cocoAP50: Double? = nil, cocoAP: Double? = nil,
    preprocess: Double, inference: Double, postprocess: Double, parameters: Int? = nil,
    multiplyAccumulates: Int? = nil, weightBytes: Int? = nil, peakMemory: Int? = nil
  ) {
    self.pictures = pictures
    self.mAP50 = mAP50
    self.mAP = mAP
    self.cocoAP50 = cocoAP50
    self.cocoAP = cocoAP
    self.preprocess = preprocess
    self.inference = inference
    self.postprocess = postprocess
    self.parameters = parameters
    self.multiplyAccumulates = multiplyAccumulates
    self.weightBytes = weightBytes
    self.peakMemory = peakMemory
  }

  /// `i_time`: mean milliseconds of the three stages for a picture.
  public var meanTime: Double { preprocess + inference + postprocess }

  /// Pictures a second.
  public var framesPerSecond: Double { meanTime > 0 ? 1000 / meanTime : 0 }

  /// Accuracy and speed in one number.
  public var score: Double { AccuracySpeedScore.value(mAP50: mAP50, milliseconds: meanTime) }
}

/// One number for accuracy and speed: `mAP · 100 + (1000 − i_time) · 0.1`.
public enum AccuracySpeedScore {
  /// The score.
  ///
  /// - Parameters:
  ///   - mAP50: mean average precision at an overlap of 0.5, 0 to 1.
  ///   - milliseconds: `i_time`, of a picture.
  public static func value(mAP50: Double, milliseconds: Double) -> Double {
    mAP50 * 100 + (1000 - milliseconds) * 0.1
  }
}

/// The rows of a sweep with what they measured, compared with one another.
public struct SweepTable: Sendable {
  /// A configuration and its measures.
  public struct Row: Sendable, Hashable {
    /// What was run.
    public let configuration: SweepConfiguration
    /// What it measured.
    public let measures: SweepMeasures
    /// Whether it was taken from an earlier run.
    public let isRecalled: Bool

    /// A row.
    public init(
      _ configuration: SweepConfiguration, _ measures: SweepMeasures, isRecalled: Bool = false
    ) {
      self.configuration = configuration
      self.measures = measures
      self.isRecalled = isRecalled
    }
  }

  /// A configuration that was run and ended with an error.
  public struct Failure: Sendable, Hashable {
    /// What was run.
    public let configuration: SweepConfiguration
    /// What went wrong.
    public let message: String

    /// A failure.
    public init(_ configuration: SweepConfiguration, _ message: String) {
      self.configuration = configuration
      self.message = message
    }
  }

  /// What was measured, in the order of the plan.
  public let rows: [Row]
  /// What ended with an error.
  public let failures: [Failure]
  /// What could not be run.
  public let exclusions: [SweepPlan.Exclusion]
  /// The row with the highest score, the first of equal ones; nil without rows.
  public let best: Int?
  /// The rows that no other row beats: none is as fast and as accurate (mAP) and better in one of the two.
  public let paretoFront: Set<Int>

  /// Compares rows.
  public init(
    rows: [Row], failures: [Failure] = [], exclusions: [SweepPlan.Exclusion] = []
  ) {
    self.rows = rows
    self.failures = failures
    self.exclusions = exclusions
    let measures = rows.map(\.measures)
    best = measures.indices.max {
      (measures[$0].score, $1) < (measures[$1].score, $0)
    }
    paretoFront = Set(
      measures.indices.filter { index in
        !measures.contains { other in
          let own = measures[index]
          return other.meanTime <= own.meanTime && other.mAP >= own.mAP
            && (other.meanTime < own.meanTime || other.mAP > own.mAP)
        }
      })
  }

  /// The names of the models, as short as tells them apart: file names, or else paths.
  public var modelNames: [String: String] {
    let paths = Set(
      rows.map(\.configuration.model) + failures.map(\.configuration.model)
        + exclusions.map(\.configuration.model))
    let names = Dictionary(grouping: paths) { path in
      path.split(separator: "/").last.map(String.init) ?? path
    }
    return Dictionary(
      uniqueKeysWithValues: names.flatMap { name, paths in
        paths.map { ($0, paths.count == 1 ? name : $0) }
      })
  }
}
