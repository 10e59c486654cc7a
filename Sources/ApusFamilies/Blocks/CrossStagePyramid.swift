package import ApusGraph

/// Pools of several sizes inside a stage that sends half of its channels past them: YOLOv7's `SPPCSPC`.
///
/// `cv7(concat(cv6(cv5(concat(y, pool1(y), pool2(y), …))), cv2(x)))` with `y = cv4(cv3(cv1(x)))`.
package struct CrossStagePyramid: RecordedBlock {
  package static let classNames = ["SPPCSPC"]

  /// `cv1`, `cv3` and `cv4`: before the pools.
  package var entry: [ConvolutionBlock]
  package var pools: [MaximumPool]
  /// `cv5` and `cv6`: after the pools.
  package var closing: [ConvolutionBlock]
  /// `cv2`.
  package var bypass: ConvolutionBlock
  /// `cv7`.
  package var exit: ConvolutionBlock

  /// A stage with `channels` inside and out, and pools of 5, 9 and 13 pixels.
  package init(_ inputChannels: Int, _ channels: Int) {
    pools = [5, 9, 13].map { MaximumPool(kernel: $0) }
    entry = [
      ConvolutionBlock(Convolution(inputChannels, channels)),
      ConvolutionBlock(Convolution(channels, channels, kernel: 3)),
      ConvolutionBlock(Convolution(channels, channels)),
    ]
    closing = [
      ConvolutionBlock(Convolution((1 + pools.count) * channels, channels)),
      ConvolutionBlock(Convolution(channels, channels, kernel: 3)),
    ]
    bypass = ConvolutionBlock(Convolution(inputChannels, channels))
    exit = ConvolutionBlock(Convolution(2 * channels, channels))
  }

  package init(_ module: RecordedModule) throws(FamilyError) {
    entry = []
    for name in Self.entryNames {
      entry.append(try ConvolutionBlock(try module.child(name)))
    }
    closing = []
    for name in Self.closingNames {
      closing.append(try ConvolutionBlock(try module.child(name)))
    }
    bypass = try ConvolutionBlock(try module.child("cv2"))
    exit = try ConvolutionBlock(try module.child("cv7"))
    pools = []
    for pool in try module.child("m").children() { pools.append(try MaximumPool(pool)) }
  }

  package var inputChannels: Int? { bypass.inputChannels }

  private static let entryNames = ["cv1", "cv3", "cv4"]
  private static let closingNames = ["cv5", "cv6"]

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    var value = inputs[0]
    for (block, name) in zip(entry, Self.entryNames) {
      value = try block.build(in: &network, from: value, path: "\(path).\(name)")
    }
    var parts = [value]
    for (index, pool) in pools.enumerated() {
      parts.append(try pool.build(in: &network, from: parts[0], path: "\(path).m.\(index)"))
    }
    value = try network.concatenate(parts, name: "\(path).pyramid")
    for (block, name) in zip(closing, Self.closingNames) {
      value = try block.build(in: &network, from: value, path: "\(path).\(name)")
    }
    let past = try bypass.build(in: &network, from: inputs, path: "\(path).cv2")
    let both = try network.concatenate([value, past], name: "\(path).concat")
    return try exit.build(in: &network, from: both, path: "\(path).cv7")
  }
}
