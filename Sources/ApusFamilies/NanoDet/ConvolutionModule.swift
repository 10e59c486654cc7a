package import ApusGraph

// The convolutions of necks and heads: nanodet/model/module/conv.py of RangiLyu/nanodet.

extension Normalisation {
  /// A normalisation with PyTorch's own constants, as all of NanoDet but EfficientNet-Lite has.
  static func standard(_ channels: Int) -> Normalisation {
    Normalisation(channels, epsilon: 1e-5, momentum: 0.1)
  }
}

extension Initialisation {
  /// A normal distribution that keeps the variance of gradients through rectifiers: `kaiming_normal_` in mode
  /// `fan_out`, where PyTorch counts all output channels whatever the groups.
  static func kaiming(_ convolution: Convolution) -> Initialisation {
    let fan = convolution.outputChannels * convolution.kernel[0] * convolution.kernel[1]
    return .normal(deviation: (2 / Float(fan)).squareRoot())
  }

  /// What heads are drawn from.
  static let head = Initialisation.normal(deviation: 0.01)
}

extension ConvolutionBlock {
  /// A convolution with normalisation and activation: `ConvModule`.
  ///
  /// - Parameter initial: how a new weight is filled; nil for upstream's default, `kaiming`.
  static func module(
    _ convolution: Convolution, activation: Activation, initial: Initialisation? = nil
  ) -> ConvolutionBlock {
    var convolution = convolution
    convolution.initialWeight = initial ?? .kaiming(convolution)
    var block = ConvolutionBlock(convolution, activation: activation)
    block.normalisation = .standard(convolution.outputChannels)
    return block
  }
}

/// A convolution of each channel for itself, then one across channels, each with normalisation and activation:
/// `DepthwiseConvModule`.
package struct DepthwiseBlock: Block {
  private var depthwise: Convolution
  private var pointwise: Convolution
  private var activation: Activation

  /// A block of the given channels.
  ///
  /// - Parameter initial: how new weights are filled; nil for upstream's default, `kaiming`.
  package init(
    _ inputChannels: Int, _ outputChannels: Int, kernel: Int, stride: Int = 1,
    activation: Activation, initial: Initialisation? = nil
  ) {
    depthwise = Convolution(
      inputChannels, inputChannels, kernel: kernel, stride: stride, groups: inputChannels)
    pointwise = Convolution(inputChannels, outputChannels)
    depthwise.initialWeight = initial ?? .kaiming(depthwise)
    pointwise.initialWeight = initial ?? .kaiming(pointwise)
    self.activation = activation
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    var value = inputs[0]
    for (name, convolution, norm) in [
      ("depthwise", depthwise, "dwnorm"), ("pointwise", pointwise, "pwnorm"),
    ] {
      value = try convolution.build(in: &network, from: value, path: "\(path).\(name)")
      value = try Normalisation.standard(convolution.outputChannels)
        .build(in: &network, from: value, path: "\(path).\(norm)")
      value = try activation.build(in: &network, from: value, path: "\(path).\(name).act")
    }
    return value
  }
}
