import ApusGraph

/// Makes steps of the nodes of some operators.
protocol LoweringRule: Sendable {
  /// Lowers the site, or says that it does not cover it; then it has changed nothing that shows.
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool
  /// Whether `Site.activation` and `Site.residual` are heeded for this operator.
  static func fusesTails(_ op: any Operator) -> Bool
}

extension LoweringRule {
  /// No.
  static func fusesTails(_ op: any Operator) -> Bool { false }
}

/// Every lowering rule: the one place where one is made known.
enum LoweringCatalogue {
  static let all: [any LoweringRule.Type] = [
    QuantisationLowering.self,
    FeatureConvolutionLowering.self,
    FeaturePoolLowering.self,
    FeatureJointLowering.self,
    FeatureSplitLowering.self,
    FeatureResizeLowering.self,
    FeaturePairLowering.self,
    FeatureUnaryLowering.self,
    ChannelShuffleLowering.self,
    ConvolutionLowering.self,
    BatchNormalizationLowering.self,
    PoolLowering.self,
    ElementFunctionLowering.self,
    PairFunctionLowering.self,
    ShapeOnlyLowering.self,
    TransposeLowering.self,
    ConcatLowering.self,
    SplitLowering.self,
    SliceLowering.self,
    ExpandLowering.self,
    ResizeLowering.self,
    SoftmaxLowering.self,
    MatrixProductLowering.self,
  ]

  /// Lowers a site by the first rule that covers it.
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    for rule in all where try rule.lower(site, into: &plan) { return true }
    return false
  }

  /// Whether some rule fuses what follows an operator.
  static func fusesTails(_ op: any Operator) -> Bool { all.contains { $0.fusesTails(op) } }
}
