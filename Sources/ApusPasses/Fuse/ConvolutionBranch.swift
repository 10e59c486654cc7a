import ApusGraph
import ApusOperators
import ApusTensor

/// A convolution with constant weights, its numbers in double precision, and every default written out.
struct ConvolutionBranch {
  /// What a person calls it.
  let name: String
  /// The type of its weights.
  let dtype: DType
  /// The shape of its weights: `[M, C / groups, kernel…]`.
  let sizes: [Int]
  /// The weights.
  var weights: [Double]
  /// One number for each filter.
  var bias: [Double]
  /// Channels are convolved in this many separate groups.
  let groups: Int
  /// Steps between neighbouring outputs, per spatial axis.
  let strides: [Int]
  /// Steps between neighbouring kernel elements, per spatial axis.
  let dilations: [Int]
  /// Zeros before each spatial axis, then after each.
  let pads: [Int]

  /// The elements of one kernel.
  var taps: Int { sizes.dropFirst(2).reduce(1, *) }

  /// Weights and bias, rounded to the type of the weights.
  var constants: (weights: Tensor, bias: Tensor) {
    (
      Tensor(doubles: weights, dtype: dtype, shape: Shape(sizes)),
      Tensor(doubles: bias, dtype: dtype, shape: [bias.count])
    )
  }

  /// The convolution of a node.
  ///
  /// - Throws: `Miss` where its weights are not constant or its padding depends on the input.
  init(_ node: Node, in index: GraphIndex) throws(Miss) {
    guard let op = node.op as? Conv else {
      throw Miss("'\(node.name)' is \(node.op.kind), not a convolution", isNear: false)
    }
    guard let weights = index.constant(node.input(1)), weights.dtype.isFloatingPoint else {
      throw Miss("the weights of '\(node.name)' are not constant")
    }
    let given = index.constant(node.input(2))
    if node.input(2) != nil, given == nil {
      throw Miss("the bias of '\(node.name)' is not constant")
    }
    // Where the shape of the input is not known, inference has not checked the weights.
    let sizes = weights.shape.dimensions
    let window = op.convolution.window
    guard sizes.count >= 3, weights.count > 0, sizes[0] % op.convolution.groups == 0,
      given == nil || given?.count == sizes[0]
    else { throw Miss("'\(node.name)' has weights of shape \(weights.shape)") }
    guard window.padding == .explicit || window.padding == .valid else {
      throw Miss("the padding of '\(node.name)' is automatic")
    }
    let rank = sizes.count - 2
    guard
      let strides = try? window.filled(window.strides, "strides", count: rank, default: 1),
      let dilations = try? window.filled(window.dilations, "dilations", count: rank, default: 1),
      let pads = try? window.filled(window.pads, "pads", count: 2 * rank, default: 0)
    else { throw Miss("'\(node.name)' has a window of another number of axes") }
    name = node.name
    dtype = weights.dtype
    self.sizes = sizes
    self.weights = weights.doubles
    bias = given?.doubles ?? [Double](repeating: 0, count: sizes[0])
    groups = op.convolution.groups
    (self.strides, self.dilations, self.pads) = (strides, dilations, pads)
  }

  /// The convolution of 1×1 kernels that does the same to each channel as `affine`, in as many groups as `frame`.
  ///
  /// - Throws: `Miss` where `frame` does not give as many channels as it reads.
  init(_ affine: ChannelAffine, name: String, like frame: ConvolutionBranch) throws(Miss) {
    let channels = affine.scale.count
    let perGroup = frame.sizes[1]
    guard frame.sizes[0] == channels, perGroup * frame.groups == channels else {
      throw Miss("'\(frame.name)' changes the number of channels, '\(name)' does not")
    }
    let ones = frame.strides.map { _ in 1 }
    self.name = name
    dtype = frame.dtype
    sizes = [channels, perGroup] + ones
    weights = [Double](repeating: 0, count: channels * perGroup)
    for channel in 0..<channels {
      weights[channel * perGroup + channel % perGroup] = affine.scale[channel]
    }
    bias = affine.shift
    groups = frame.groups
    (strides, dilations, pads) = (ones, ones, frame.pads.map { _ in 0 })
  }

  /// Adds another convolution of the same value, whose kernels lie inside these.
  ///
  /// What a kernel reads beyond the edge is zero for both, so the sum is exact.
  ///
  /// - Throws: `Miss` where the other one computes outputs elsewhere, or reads elements these kernels do not.
  mutating func add(_ other: ConvolutionBranch) throws(Miss) {
    let pair = "'\(name)' and '\(other.name)'"
    guard other.dtype == dtype else { throw Miss("the weights of \(pair) differ in type") }
    guard other.sizes.count == sizes.count, other.sizes[0] == sizes[0], other.groups == groups,
      other.sizes[1] == sizes[1]
    else { throw Miss("\(pair) differ in filters or groups") }
    guard other.strides == strides else { throw Miss("\(pair) differ in strides") }
    var places = [0]
    for axis in strides.indices {
      let start = try offset(of: other, axis: axis)
      let (kernel, small) = (sizes[axis + 2], other.sizes[axis + 2])
      places = places.flatMap { place in (0..<small).map { place * kernel + start + $0 } }
    }
    let (taps, fewer) = (taps, other.taps)
    for (index, weight) in other.weights.enumerated() {
      weights[index / fewer * taps + places[index % fewer]] += weight
    }
    for filter in bias.indices { bias[filter] += other.bias[filter] }
  }

  /// Has the bias make up for what would be added to each channel of the input.
  ///
  /// - Throws: `Miss` where the convolution pads: with zeros, not with what would be added.
  mutating func takeIn(_ shift: [Double]) throws(Miss) {
    guard pads.allSatisfy({ $0 == 0 }) else { throw Miss("'\(name)' pads with zeros") }
    let (channels, taps) = (sizes[1], taps)
    guard channels * groups == shift.count else {
      throw Miss("'\(name)' has another number of channels")
    }
    for (index, weight) in weights.enumerated() {
      let filter = index / (channels * taps)
      let group = filter / (sizes[0] / groups)
      bias[filter] += weight * shift[group * channels + index / taps % channels]
    }
  }

  /// The element of these kernels that the first one of the other's kernels falls on.
  private func offset(of other: ConvolutionBranch, axis: Int) throws(Miss) -> Int {
    let after = axis + strides.count
    let (kernel, small) = (sizes[axis + 2], other.sizes[axis + 2])
    let (step, otherStep) = (dilations[axis], other.dilations[axis])
    // Input elements less outputs of stride 1.
    let lost = (kernel - 1) * step - pads[axis] - pads[after]
    let otherLost = (small - 1) * otherStep - other.pads[axis] - other.pads[after]
    guard lost == otherLost else { throw Miss("'\(name)' and '\(other.name)' differ in padding") }
    // The dilation of a single element means nothing.
    guard small == 1 || otherStep == step else {
      throw Miss("'\(name)' and '\(other.name)' differ in dilation")
    }
    let shift = pads[axis] - other.pads[axis]
    guard shift >= 0, shift.isMultiple(of: step), shift / step <= kernel - small else {
      throw Miss("the kernel of '\(other.name)' does not lie inside that of '\(name)'")
    }
    return shift / step
  }
}
