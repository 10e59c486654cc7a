import ApusGraph
import ApusOperators

/// Two Transposes in a row become one, or none.
struct TransposeMerging: Pass {
  static let name = "merge-transposes"

  func patch(at node: Node, in index: GraphIndex) throws(Miss) -> Patch {
    let outer = try root(node, as: Transpose.self)
    guard let (inner, first) = index.producer(of: node.input(0), as: Transpose.self),
      let source = inner.input(0), let rank = index.fact(source).rank
    else { throw Miss("it does not follow another Transpose", isNear: false) }
    guard index.hasSingleReader(inner.outputs[0]) else {
      throw Miss("'\(inner.name)' is read elsewhere too")
    }
    let before = first.order(rank: rank)
    let order = outer.order(rank: rank).map { before[$0] }
    if order == Array(0..<rank) { return replacing(node, by: source) }
    var patch = Patch(Self.name)
    patch.replace(node, with: Transpose(order), [source])
    return patch
  }
}
