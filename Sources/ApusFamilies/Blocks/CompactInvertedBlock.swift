package import ApusGraph

/// Convolutions of single channels and of single pixels in turn, wide in the middle: `CIB`.
///
/// Depthwise 3x3, 1x1 to twice the width, depthwise, 1x1 back, depthwise 3x3; the input is added where
/// `addsInput`.
package struct CompactInvertedBlock: RecordedBlock {
  package static let classNames = ["CIB"]

  package var body: any Block
  package var addsInput: Bool

  /// A block that keeps its channels.
  ///
  /// - Parameter hasLargeKernel: whether the convolution in the middle is 7x7 beside 3x3 instead of 3x3.
  package init(_ channels: Int, hasLargeKernel: Bool = false) {
    let wide = 2 * channels
    func depthwise(_ count: Int) -> ConvolutionBlock {
      ConvolutionBlock(Convolution(count, count, kernel: 3, groups: count))
    }
    body = Chain([
      depthwise(channels), ConvolutionBlock(Convolution(channels, wide)),
      hasLargeKernel ? ParallelDepthwise(wide) : depthwise(wide),
      ConvolutionBlock(Convolution(wide, channels)), depthwise(channels),
    ])
    addsInput = true
  }

  package init(_ module: RecordedModule) throws(FamilyError) {
    body = try BlockCatalogue.block(try module.child("cv1"))
    addsInput = try module.flag("add")
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let value = try body.build(in: &network, from: inputs, path: "\(path).cv1")
    return addsInput ? try network.add(inputs[0], value, name: "\(path).add") : value
  }
}

/// Depthwise convolutions of 7x7 and 3x3 side by side, added before the activation: `RepVGGDW`.
///
/// Upstream's `fuse()` leaves one bare 7x7 convolution with bias.
package struct ParallelDepthwise: RecordedBlock {
  package static let classNames = ["RepVGGDW"]

  package var large: any Block
  /// The 3x3 convolution; nil in the fused form.
  package var small: (any Block)?
  package var activation: Activation

  /// Both convolutions, each with its normalisation.
  package init(_ channels: Int) {
    func depthwise(_ kernel: Int) -> ConvolutionBlock {
      ConvolutionBlock(
        Convolution(channels, channels, kernel: kernel, groups: channels), activation: .identity)
    }
    large = depthwise(7)
    small = depthwise(3)
    activation = .silu
  }

  package init(_ module: RecordedModule) throws(FamilyError) {
    large = try BlockCatalogue.block(try module.child("conv"))
    small = module.has("conv1") ? try BlockCatalogue.block(try module.child("conv1")) : nil
    activation = try Activation(try module.child("act"))
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    var value = try large.build(in: &network, from: inputs, path: "\(path).conv")
    if let small {
      let other = try small.build(in: &network, from: inputs, path: "\(path).conv1")
      value = try network.add(value, other, name: "\(path).add")
    }
    return try activation.build(in: &network, from: value, path: "\(path).act")
  }
}
