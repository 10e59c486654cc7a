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

  /// A report.
  public init(
    evaluation: Evaluation, times: StageTimes?, peakMemory: Int?, manifest: RunManifest
  ) {
    self.evaluation = evaluation
    self.times = times
    self.peakMemory = peakMemory
    self.manifest = manifest
  }
}
