/// Every block that checkpoints' records can be read as: the one place where a block is made known.
package enum BlockCatalogue {
  /// All blocks.
  package static let all: [any RecordedBlock.Type] = [
    Convolution.self,
    Normalisation.self,
    Activation.self,
    MaximumPool.self,
    ZeroPadding.self,
    Upsampling.self,
    PassThrough.self,
    Chain.self,
    Concatenation.self,
    ConvolutionBlock.self,
    Bottleneck.self,
    CrossStagePartial.self,
    CrossStagePartialPlain.self,
    CrossStageSplit.self,
    CompactInvertedBlock.self,
    ParallelDepthwise.self,
    SeparableDownsampling.self,
    Attention.self,
    PartialAttention.self,
    SpatialPyramid.self,
    SpatialPyramidFast.self,
    Focus.self,
    GhostConvolution.self,
    GhostBottleneck.self,
    PoolLayer.self,
    PixelsIntoChannels.self,
    PooledDownsampling.self,
    CrossStagePyramid.self,
    RepConvolution.self,
    Summation.self,
    ImplicitKnowledge.self,
  ]

  private static let byClassName: [String: any RecordedBlock.Type] = Dictionary(
    all.flatMap { block in block.classNames.map { ($0, block) } }
  ) { first, _ in first }

  /// The block that a module is the record of.
  package static func block(_ module: RecordedModule) throws(FamilyError) -> any Block {
    guard let type = byClassName[module.className] else {
      throw FamilyError(
        .unsupportedModule, at: module.path,
        "modules of class \(module.fullClassName) are not known; known are "
          + byClassName.keys.sorted().joined(separator: ", "))
    }
    return try type.init(module)
  }
}
