package import ApusGraph

/// A two-dimensional convolution: PyTorch's `Conv2d`.
package struct Convolution: RecordedBlock {
  package static let classNames = ["Conv2d"]

  package var inputChannels: Int
  package var outputChannels: Int
  /// Height and width of the kernel.
  package var kernel: [Int]
  /// Steps along height and width.
  package var stride: [Int]
  /// Zeros added above and below, and on the left and right.
  package var padding: [Int]
  package var dilation: [Int]
  package var groups: Int
  package var hasBias: Bool
  /// How a new network fills the weight; nil for PyTorch's default.
  package var initialWeight: Initialisation?
  /// How a new network fills the bias; nil for PyTorch's default.
  package var initialBias: Initialisation?

  /// A convolution with a square kernel, padded by half the kernel unless said otherwise.
  package init(
    _ inputChannels: Int, _ outputChannels: Int, kernel: Int = 1, stride: Int = 1,
    padding: Int? = nil, groups: Int = 1, hasBias: Bool = false
  ) {
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.kernel = [kernel, kernel]
    self.stride = [stride, stride]
    let margin = padding ?? kernel / 2
    self.padding = [margin, margin]
    dilation = [1, 1]
    self.groups = groups
    self.hasBias = hasBias
  }

  package init(_ module: RecordedModule) throws(FamilyError) {
    inputChannels = try module.integer("in_channels")
    outputChannels = try module.integer("out_channels")
    kernel = try module.pair("kernel_size")
    stride = try module.pair("stride")
    padding = try module.pair("padding", in: 0...RecordedModule.largest)
    dilation = try module.pair("dilation")
    groups = try module.integer("groups")
    hasBias = module.has("bias")
    let mode = module.has("padding_mode") ? try module.text("padding_mode") : "zeros"
    guard mode == "zeros" else {
      throw module.bad("'padding_mode' is '\(mode)', expected 'zeros'")
    }
    guard inputChannels % groups == 0, outputChannels % groups == 0 else {
      throw module.bad(
        "\(inputChannels) and \(outputChannels) channels do not divide into \(groups) groups")
    }
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let shape = [outputChannels, inputChannels / groups] + kernel
    let standard = Initialisation.uniform(fanIn: shape[1] * shape[2] * shape[3])
    let weight = try network.weight(
      "\(path).weight", shape: shape, initial: initialWeight ?? standard)
    let bias =
      hasBias
      ? try network.weight(
        "\(path).bias", shape: [outputChannels], initial: initialBias ?? standard) : nil
    return try network.convolve(inputs[0], weight: weight, bias: bias, as: self, name: path)
  }
}
