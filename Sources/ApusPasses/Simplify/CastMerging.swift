import ApusGraph
import ApusOperators
import ApusTensor

/// A Cast of a Cast that loses nothing casts the original: float16 to float32 and back is the original.
struct CastMerging: Pass {
  static let name = "merge-casts"

  func patch(at node: Node, in index: GraphIndex) throws(Miss) -> Patch {
    let outer = try root(node, as: Cast.self)
    guard let (inner, cast) = index.producer(of: node.input(0), as: Cast.self),
      let source = inner.input(0), let from = index.fact(source).dtype
    else { throw Miss("it does not follow another Cast", isNear: false) }
    guard Self.isExact(from, cast.dtype) else {
      throw Miss("the Cast before it from \(from) to \(cast.dtype) loses digits")
    }
    if outer.dtype == from { return replacing(node, by: source) }
    guard outer.dtype.isFloatingPoint == from.isFloatingPoint else {
      throw Miss("numbers out of range would be treated in another way")
    }
    var patch = Patch(Self.name)
    patch.replace(node, with: outer, [source])
    return patch
  }

  /// Whether every number of one type is one of the other type.
  static func isExact(_ from: DType, _ to: DType) -> Bool {
    if from == to { return true }
    switch (from, to) {
    case (.float16, .float32), (.bfloat16, .float32): return true
    case (.float16, .float64), (.bfloat16, .float64), (.float32, .float64): return true
    default: break
    }
    guard let narrow = from.integerRange, let wide = to.integerRange else { return false }
    return wide.contains(narrow.lowerBound) && wide.contains(narrow.upperBound)
  }
}
