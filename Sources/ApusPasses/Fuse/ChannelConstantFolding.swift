import ApusGraph
import ApusOperators
import ApusTensor

/// Mul, Div, Add and Sub of a constant per channel after a convolution become part of its weights and bias.
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
    return try affine.fold(
      into: value, replacing: node.outputs[0], in: index, pass: Self.name)
  }
}
