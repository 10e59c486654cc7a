/// A list of passes, gone through until none finds anything more to change.
public struct Pipeline: Sendable {
  /// What a person calls the list.
  public let name: String
  /// The passes in their order.
  public let passes: [any Pass]
  /// Whether the graph is verified after every pass, not only at the end.
  public var verifiesEachPass = Self.isDebugBuild
  /// Whether the report lists near misses of the final graph.
  public var explains = false

  /// The list is gone through at most this often.
  static let maximumRounds = 20
  /// One pass runs over the graph at most this often at a time.
  static let maximumSweeps = 50

  /// A list of passes.
  public init(_ name: String, _ passes: [any Pass]) {
    self.name = name
    self.passes = passes
  }

  private static var isDebugBuild: Bool {
    #if DEBUG
      true
    #else
      false
    #endif
  }
}

/// Choices that change what a pipeline does.
public struct PipelineOptions: Sendable {
  /// The number of bytes a folded constant may have beyond those of the constants it is made from.
  public var growthLimit = 1 << 22
  /// Whether DequantizeLinear nodes of constants are folded, which makes a quantised model a real one.
  public var foldsDequantization = false

  /// Small constants, quantised weights kept.
  public init() {}
}

extension Pipeline {
  /// Passes whose result every operator-set version can hold, as a person wants to read it.
  ///
  /// It gives the same numbers up to the rounding of folded weights.
  public static let simplify = simplify(PipelineOptions())

  /// Everything of `simplify`, and the operators that only Apus or newer operator sets have: what the compiler
  /// starts from.
  public static let compile = compile(PipelineOptions())

  /// `simplify` with other choices.
  public static func simplify(_ options: PipelineOptions) -> Pipeline {
    Pipeline("simplify", simplifying(options))
  }

  /// `compile` with other choices.
  public static func compile(_ options: PipelineOptions) -> Pipeline {
    Pipeline("compile", simplifying(options) + recognizing)
  }

  private static func simplifying(_ options: PipelineOptions) -> [any Pass] {
    [
      NoOpRemoval(),
      // Known values first: later passes look at constants of the graph, not at facts.
      ConstantFolding(
        growthLimit: options.growthLimit, foldsDequantization: options.foldsDequantization),
      // What remains of shape arithmetic has an unknown size in it; after this, its nodes are dead.
      ReshapeResolution(),
      EqualNodeMerging(),
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
      // After folding: a branch is a convolution and what was its normalisation.
      ParallelConvolutionMerging(),
    ]
  }

  private static let recognizing: [any Pass] = [
    SiluRecognition(),
    HardSwishRecognition(),
    MishRecognition(),
    GeluRecognition(),
  ]
}
