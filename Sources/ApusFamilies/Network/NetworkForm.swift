/// What a network is built for.
public enum NetworkForm: String, Sendable, CaseIterable {
  /// Every branch, normalisation by the statistics of the batch.
  case training
  /// Every branch, normalisation by the running statistics: the loss on other data than the training's.
  case validation
  /// The branches that are used after training, normalisation by the running statistics.
  case inference

  /// Whether the branches are built that only the loss reads: auxiliary and one-to-many heads.
  package var hasAllBranches: Bool { self != .inference }
}
