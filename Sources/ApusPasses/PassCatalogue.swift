extension Pipeline {
  /// Passes whose result every operator-set version can hold, as a person wants to read it.
  ///
  /// It gives the same numbers up to the rounding of folded weights.
  public static let simplify = Pipeline("simplify", simplifying)

  /// Everything of `simplify`, and the operators that only Apus has: what the compiler starts from.
  public static let compile = Pipeline("compile", simplifying + recognizing)

  private static let simplifying: [any Pass] = [
    NoOpRemoval(),
    // Known values first: later passes look at constants of the graph, not at facts.
    ConstantFolding(),
    // What remains of shape arithmetic has an unknown size in it; after this, its nodes are dead.
    ReshapeResolution(),
    CommonSubexpressions(),
    CastMerging(),
    ReshapeMerging(),
    TransposeMerging(),
    // After merging: it looks for single Transposes.
    TransposeCancelling(),
    // Before the constants: a normalisation between a convolution and a factor would hide the factor.
    BatchNormalizationFolding(),
    ChannelConstantFolding(),
    // After folding: it looks for a convolution right after the Concat.
    FocusFolding(),
    PadFolding(),
  ]

  private static let recognizing: [any Pass] = [
    SiluRecognition(),
    HardSwishRecognition(),
    MishRecognition(),
    GeluRecognition(),
  ]
}
