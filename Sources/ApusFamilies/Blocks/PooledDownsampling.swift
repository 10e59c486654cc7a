package import ApusGraph

/// Half the height and width by a convolution and by a pool, half of the channels from either: YOLOv7's `DownC`.
///
/// `concat(cv2(cv1(x)), cv3(mp(x)))`; `cv2` is 3x3 with stride 2.
package struct PooledDownsampling: RecordedBlock {
  package static let classNames = ["DownC"]

  package var entry: ConvolutionBlock
  package var strided: ConvolutionBlock
  package var pooled: ConvolutionBlock
  package var pool: MaximumPool

  /// A layer that makes `outputChannels`, an even number.
  package init(_ inputChannels: Int, _ outputChannels: Int) {
    entry = ConvolutionBlock(Convolution(inputChannels, inputChannels))
    strided = ConvolutionBlock(
      Convolution(inputChannels, outputChannels / 2, kernel: 3, stride: 2))
    pooled = ConvolutionBlock(Convolution(inputChannels, outputChannels / 2))
    pool = MaximumPool(kernel: 2, stride: 2, padding: 0)
  }

  package init(_ module: RecordedModule) throws(FamilyError) {
    entry = try ConvolutionBlock(try module.child("cv1"))
    strided = try ConvolutionBlock(try module.child("cv2"))
    pooled = try ConvolutionBlock(try module.child("cv3"))
    pool = try MaximumPool(try module.child("mp"))
  }

  package var inputChannels: Int? { entry.inputChannels }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let inner = try entry.build(in: &network, from: inputs, path: "\(path).cv1")
    let left = try strided.build(in: &network, from: inner, path: "\(path).cv2")
    let small = try pool.build(in: &network, from: inputs, path: "\(path).mp")
    let right = try pooled.build(in: &network, from: small, path: "\(path).cv3")
    return try network.concatenate([left, right], name: "\(path).concat")
  }
}
