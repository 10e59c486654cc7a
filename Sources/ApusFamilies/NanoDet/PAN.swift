package import ApusGraph

/// Path aggregation by bilinear resampling and addition, no convolution but the lateral ones: `PAN`.
///
/// From the coarsest map down, each finer one gets the coarser, enlarged; then from the finest up, each coarser one
/// gets the finer, reduced (nanodet/model/fpn/pan.py of RangiLyu/nanodet).
package struct PAN: FeatureStage {
  /// The channels of each map that comes in.
  package var inputChannels: [Int]
  /// The channels of every map that comes out.
  package var channels: Int

  package var outputChannels: [Int] { inputChannels.map { _ in channels } }

  /// A neck of the given channels.
  package init(_ inputChannels: [Int], channels: Int) {
    self.inputChannels = inputChannels
    self.channels = channels
  }

  /// Reads the sizes; nil where the tensors are of another neck.
  package init?(state: WeightState, path: String) throws(FamilyError) {
    guard state.has("\(path).lateral_convs.0.conv") else { return nil }
    inputChannels = []
    channels = 0
    for level in 0..<state.count(below: "\(path).lateral_convs") {
      let sizes = try state.sizes("\(path).lateral_convs.\(level).conv.weight", rank: 4)
      inputChannels.append(sizes[1])
      channels = sizes[0]
    }
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> [ValueID] {
    try checkCount(of: inputs, equals: inputChannels, path: path)
    var maps: [ValueID] = []
    for (level, input) in inputs.enumerated() {
      maps.append(
        try lateral(inputChannels[level])
          .build(in: &network, from: input, path: "\(path).lateral_convs.\(level).conv"))
    }
    for level in (1..<maps.count).reversed() {
      let name = "\(path).down\(level)"
      let enlarged = try network.interpolate(maps[level], factor: 2, name: "\(name).resize")
      maps[level - 1] = try network.add(maps[level - 1], enlarged, name: name)
    }
    for level in 1..<maps.count {
      let name = "\(path).up\(level)"
      let reduced = try network.interpolate(maps[level - 1], factor: 0.5, name: "\(name).resize")
      maps[level] = try network.add(maps[level], reduced, name: name)
    }
    return maps
  }

  /// A 1x1 convolution with bias; new ones are drawn by `xavier_uniform_`, the bias is 0.
  private func lateral(_ input: Int) -> Convolution {
    var convolution = Convolution(input, channels, hasBias: true)
    convolution.initialWeight = .init(
      .uniform(bound: (6 / Float(input + channels)).squareRoot()))
    convolution.initialBias = .constant(0)
    return convolution
  }
}
