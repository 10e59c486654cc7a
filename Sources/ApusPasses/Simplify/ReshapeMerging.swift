import ApusGraph
import ApusOperators
import ApusTensor

/// The shape input that reshapes a value of one shape to another, or nil where -1 and 0 cannot say it.
///
/// Unknown sizes are copied from the same axis (0) or left over (-1, once).
func reshapeTarget(from source: [Dimension]?, to target: [Dimension]) -> [Int64]? {
  var result: [Int64] = []
  var hasRest = false
  for (axis, size) in target.enumerated() {
    let isCopied = source.map { axis < $0.count && $0[axis] == size } ?? false
    if let number = size.fixed, number > 0 {
      result.append(Int64(number))
    } else if isCopied {
      result.append(0)
    } else if !hasRest, size.fixed == nil, !target.contains(0) {
      hasRest = true
      result.append(-1)
    } else {
      return nil
    }
  }
  return result
}

/// Of several nodes in a row that only change the shape, one Reshape remains.
struct ReshapeMerging: Pass {
  static let name = "merge-reshapes"

  func patch(at node: Node, in index: GraphIndex) throws(Miss) -> Patch {
    guard node.op is any ShapeOnly else { throw Miss("not this operator", isNear: false) }
    guard let input = node.input(0), let inner = index.producer(of: input),
      inner.op is any ShapeOnly, let source = inner.input(0)
    else { throw Miss("it does not follow another change of shape", isNear: false) }
    guard index.hasSingleReader(input) else { throw Miss("'\(inner.name)' is read elsewhere too") }
    guard let shape = index.fact(node.outputs[0]).shape,
      let target = reshapeTarget(from: index.fact(source).shape, to: shape)
    else { throw Miss("more than one size is not known") }
    if shape == index.fact(source).shape { return replacing(node, by: source) }
    var patch = Patch(Self.name)
    let constant = patch.constant(Tensor(target), name: "\(node.name).shape")
    patch.replace(node, with: Reshape(), [source, constant])
    return patch
  }
}

/// A Reshape to a computed shape reshapes to a constant one, where inference knows all sizes but one.
struct ReshapeResolution: Pass {
  static let name = "resolve-reshapes"

  func patch(at node: Node, in index: GraphIndex) throws(Miss) -> Patch {
    _ = try root(node, as: Reshape.self)
    guard let input = node.input(0), index.constant(node.input(1)) == nil else {
      throw Miss("its shape is constant", isNear: false)
    }
    guard let shape = index.fact(node.outputs[0]).shape,
      index.fact(node.input(1)).content != nil,
      let target = reshapeTarget(from: index.fact(input).shape, to: shape)
    else { throw Miss("more than one size is not known") }
    var patch = Patch(Self.name)
    let constant = patch.constant(Tensor(target), name: "\(node.name).shape")
    patch.replace(node, with: Reshape(), [input, constant])
    return patch
  }
}
