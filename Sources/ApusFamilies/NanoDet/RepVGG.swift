package import ApusGraph

// "RepVGG: Making VGG-style ConvNets Great Again", Ding and others, 2021; nanodet/model/backbone/repvgg.py of
// RangiLyu/nanodet.

/// The backbone of NanoDet-RepVGG: `RepVGG`.
///
/// Blocks of parallel convolutions that can be merged into one. The first block of each of the five stages has
/// stride 2; the last three stages give the maps of strides 8, 16 and 32.
package struct RepVGG: FeatureStage {
  /// The channels and the number of blocks of each stage.
  package var stages: [(channels: Int, count: Int)]
  /// Whether the branches of each block are merged in the weights already.
  package var isMerged = false

  package var outputChannels: [Int] { stages.suffix(3).map(\.channels) }

  private static let stageCount = 5

  /// A0 with the given number of channels in the last stage.
  package static func a0(lastChannels: Int) -> RepVGG {
    RepVGG(stages: [(48, 1), (48, 2), (96, 4), (192, 14), (lastChannels, 1)])
  }

  private init(stages: [(channels: Int, count: Int)]) { self.stages = stages }

  /// Reads the sizes; nil where the tensors are of another backbone.
  package init?(state: WeightState, path: String) throws(FamilyError) {
    isMerged = state.has("\(path).stage0.rbr_reparam")
    guard isMerged || state.has("\(path).stage0.rbr_dense") else { return nil }
    let weight = isMerged ? "rbr_reparam.weight" : "rbr_dense.0.weight"
    stages = []
    for index in 0..<Self.stageCount {
      let place = Self.place(stage: index, block: 0, path: path)
      let channels = try state.sizes("\(place).\(weight)", rank: 4)[0]
      let count = index == 0 ? 1 : state.count(below: "\(path).stage\(index)")
      stages.append((channels, count))
    }
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> [ValueID] {
    var value = inputs[0]
    var channels = 3
    var maps: [ValueID] = []
    for (index, stage) in stages.enumerated() {
      for block in 0..<stage.count {
        let block = (
          RepVGGBlock(channels, stage.channels, stride: block == 0 ? 2 : 1, isMerged: isMerged),
          Self.place(stage: index, block: block, path: path)
        )
        value = try block.0.build(in: &network, from: value, path: block.1)
        channels = stage.channels
      }
      maps.append(value)
    }
    return Array(maps.suffix(3))
  }

  /// The first stage is one block, the others are lists.
  private static func place(stage: Int, block: Int, path: String) -> String {
    stage == 0 ? "\(path).stage0" : "\(path).stage\(stage).\(block)"
  }
}

/// A 3x3 and a 1x1 convolution with a normalisation each, added to the normalised input where sizes stay, then
/// ReLU: `RepVGGConvModule`.
private struct RepVGGBlock: Block {
  let dense: Convolution
  let pointwise: Convolution
  let hasIdentity: Bool
  let isMerged: Bool

  init(_ inputChannels: Int, _ outputChannels: Int, stride: Int, isMerged: Bool) {
    dense = Convolution(
      inputChannels, outputChannels, kernel: 3, stride: stride, hasBias: isMerged)
    pointwise = Convolution(inputChannels, outputChannels, stride: stride)
    hasIdentity = inputChannels == outputChannels && stride == 1
    self.isMerged = isMerged
  }

  func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let sum: ValueID
    if isMerged {
      sum = try dense.build(in: &network, from: inputs, path: "\(path).rbr_reparam")
    } else {
      let norm = Normalisation.standard(dense.outputChannels)
      let wide = try Chain([dense, norm])
        .build(in: &network, from: inputs, path: "\(path).rbr_dense")
      let narrow = try Chain([pointwise, norm])
        .build(in: &network, from: inputs, path: "\(path).rbr_1x1")
      let both = try network.add(wide, narrow, name: "\(path).add")
      sum =
        hasIdentity
        ? try network.add(
          both, try norm.build(in: &network, from: inputs, path: "\(path).rbr_identity"),
          name: "\(path).add_identity") : both
    }
    return try network.activate(sum, with: .relu, name: "\(path).act")
  }
}
