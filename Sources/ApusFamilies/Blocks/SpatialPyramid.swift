package import ApusGraph

/// Pools of several sizes side by side: `SPP`.
///
/// `cv2(concat(y, pool1(y), pool2(y), …))` with `y = cv1(x)`.
package struct SpatialPyramid: RecordedBlock {
  package static let classNames = ["SPP"]

  package var entry: ConvolutionBlock
  package var exit: ConvolutionBlock
  package var pools: [MaximumPool]

  package init(_ module: RecordedModule) throws(FamilyError) {
    entry = try ConvolutionBlock(try module.child("cv1"))
    exit = try ConvolutionBlock(try module.child("cv2"))
    pools = []
    for pool in try module.child("m").children() { pools.append(try MaximumPool(pool)) }
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let inner = try entry.build(in: &network, from: inputs, path: "\(path).cv1")
    var parts = [inner]
    for (index, pool) in pools.enumerated() {
      parts.append(try pool.build(in: &network, from: inner, path: "\(path).m.\(index)"))
    }
    let all = try network.concatenate(parts, name: "\(path).concat")
    return try exit.build(in: &network, from: all, path: "\(path).cv2")
  }
}

/// One pool applied three times in a row, which equals pools of growing size: `SPPF`.
package struct SpatialPyramidFast: RecordedBlock {
  package static let classNames = ["SPPF"]

  package var entry: ConvolutionBlock
  package var exit: ConvolutionBlock
  package var pool: MaximumPool

  /// Half the channels inside, and a pool of `kernel` x `kernel`.
  package init(_ inputChannels: Int, _ outputChannels: Int, kernel: Int = 5) {
    let hidden = inputChannels / 2
    entry = ConvolutionBlock(Convolution(inputChannels, hidden))
    exit = ConvolutionBlock(Convolution(4 * hidden, outputChannels))
    pool = MaximumPool(kernel: kernel)
  }

  package init(_ module: RecordedModule) throws(FamilyError) {
    entry = try ConvolutionBlock(try module.child("cv1"))
    exit = try ConvolutionBlock(try module.child("cv2"))
    pool = try MaximumPool(try module.child("m"))
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    var parts = [try entry.build(in: &network, from: inputs, path: "\(path).cv1")]
    for _ in 0..<3 {
      parts.append(
        try pool.build(in: &network, from: parts[parts.count - 1], path: "\(path).m"))
    }
    let all = try network.concatenate(parts, name: "\(path).concat")
    return try exit.build(in: &network, from: all, path: "\(path).cv2")
  }
}
