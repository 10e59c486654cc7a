import ApusGraph
import ApusOperators
import ApusTensor

/// Nodes that give one of their inputs unchanged go.
struct NoOpRemoval: Pass {
  static let name = "remove-no-ops"

  func patch(at node: Node, in index: GraphIndex) throws(Miss) -> Patch {
    guard let value = unchangedInput(of: node, in: index) else {
      throw Miss("it does something", isNear: false)
    }
    return replacing(node, by: value)
  }

  private func unchangedInput(of node: Node, in index: GraphIndex) -> ValueID? {
    guard let input = node.input(0) else { return nil }
    let before = index.fact(input)
    let after = index.fact(node.outputs[0])
    let keepsShape = before.shape != nil && before.shape == after.shape
    switch node.op {
    case is any Transparent: return input
    case let cast as Cast: return before.dtype == cast.dtype ? input : nil
    case is any ShapeOnly: return keepsShape ? input : nil
    case is Expand, is Tile: return keepsShape ? input : nil
    case is Concat, is any VariadicFunction: return node.inputs.count == 1 ? input : nil
    case is Split: return node.outputs.count == 1 && keepsShape ? input : nil
    case let transpose as Transpose:
      guard let rank = before.rank else { return nil }
      return transpose.order(rank: rank) == Array(0..<rank) ? input : nil
    case is Slice:
      let steps = node.input(4) == nil ? [] : index.integers(node.input(4))
      return keepsShape && steps?.allSatisfy({ $0 > 0 }) == true ? input : nil
    case is Pad:
      return keepsShape && index.integers(node.input(1))?.allSatisfy({ $0 == 0 }) == true
        ? input : nil
    case let resize as Resize:
      guard keepsShape, resize.coordinates != .cropAndResize else { return nil }
      let scales = index.fact(node.input(2)).constant?.doubles ?? []
      return scales.allSatisfy { $0 == 1 } ? input : nil
    case is Clip:
      return node.inputs.dropFirst().allSatisfy { $0 == nil } ? input : nil
    default: return unchangedOperand(of: node, in: index)
    }
  }

  /// The other operand of an operator one operand of which is its neutral element, where broadcasting does not
  /// change the shape.
  private func unchangedOperand(of node: Node, in index: GraphIndex) -> ValueID? {
    guard let (constant, other, isFirst) = index.splitConstant(node),
      let tensor = index.constant(constant), index.fact(other).shape != nil,
      index.fact(other).shape == index.fact(node.outputs[0]).shape,
      index.fact(other).dtype == index.fact(node.outputs[0]).dtype
    else { return nil }
    let neutral: Double
    switch node.op {
    case is Add: neutral = 0
    case is Mul: neutral = 1
    case is Sub where !isFirst: neutral = 0
    case is Div where !isFirst: neutral = 1
    case is Pow where !isFirst: neutral = 1
    default: return nil
    }
    return tensor.doubles.allSatisfy { $0 == neutral } ? other : nil
  }
}
