import ApusGraph
import ApusOperators
import ApusTensor

/// Mul, Div, Add and Sub of a constant per channel after a convolution become part of its weights and bias; so do
/// Add and Sub before one that does not pad.
///
/// Factors before a convolution stay: a picture's division by 255 would take its weights out of half precision.
struct ChannelConstantFolding: Pass {
  static let name = "fold-channel-constant"

  func patch(at node: Node, in index: GraphIndex) throws(Miss) -> Patch {
    guard node.op is Mul || node.op is Div || node.op is Add || node.op is Sub else {
      throw Miss("not this operator", isNear: false)
    }
    guard let (constant, value, isFirst) = index.splitConstant(node),
      let tensor = index.constant(constant), tensor.dtype.isFloatingPoint
    else { throw Miss("it has no constant input", isNear: false) }
    guard let shape = index.fact(value).shape else { throw Miss("its shape is not known") }
    let numbers = try ChannelAffine.perChannel(tensor, of: shape)
    let zeros = [Double](repeating: 0, count: numbers.count)
    let ones = [Double](repeating: 1, count: numbers.count)
    let affine: ChannelAffine
    switch node.op {
    case is Mul: affine = ChannelAffine(scale: numbers, shift: zeros)
    case is Add: affine = ChannelAffine(scale: ones, shift: numbers)
    case is Sub:
      affine =
        isFirst
        ? ChannelAffine(scale: ones.map { -$0 }, shift: numbers)
        : ChannelAffine(scale: ones, shift: numbers.map { -$0 })
    default:
      if isFirst { throw Miss("it divides a constant") }
      affine = ChannelAffine(scale: numbers.map { 1 / $0 }, shift: zeros)
    }
    do throws(Miss) {
      return try affine.fold(
        into: value, replacing: node.outputs[0], in: index, pass: Self.name)
    } catch {
      guard affine.scale == ones, let reader = index.convolution(after: node) else { throw error }
      return try patch(adding: affine.shift, to: value, before: reader, in: index)
    }
  }

  /// A patch that has a convolution read `value`, and its bias make up for what was added to each channel.
  ///
  /// Source: ImplicitA in IDetect of WongKinYiu/yolov7.
  private func patch(
    adding shift: [Double], to value: ValueID, before node: Node, in index: GraphIndex
  ) throws(Miss) -> Patch {
    var branch = try ConvolutionBranch(node, in: index)
    try branch.takeIn(shift)
    let bias = branch.constants.bias
    guard bias.doubles.allSatisfy(\.isFinite) else {
      throw Miss("the bias of '\(node.name)' would overflow")
    }
    var patch = Patch(Self.name)
    let name = index.graph[node.inputs[1] ?? value].name
    patch.replace(
      node, with: node.op, [value, node.input(1), patch.constant(bias, name: "\(name).bias")])
    return patch
  }
}

extension GraphIndex {
  /// The convolution that alone reads the output of a node.
  fileprivate func convolution(after node: Node) -> Node? {
    let value = node.outputs[0]
    guard hasSingleReader(value), let reader = consumers(of: value).first, reader.op is Conv,
      reader.input(0) == value
    else { return nil }
    return reader
  }
}
