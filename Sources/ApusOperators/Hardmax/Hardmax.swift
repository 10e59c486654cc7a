package import ApusGraph

/// 1 at the first largest element along an axis, 0 elsewhere; see `AxisFunction` for opsets before 13.
package struct Hardmax: AxisFunction {
  package static let kind = OperatorKind("Hardmax")

  /// The axis.
  package var axis: Int
  /// Whether all axes from `axis` on are taken as one.
  package var flattens: Bool

  package init(axis: Int = -1, flattens: Bool = false) {
    self.axis = axis
    self.flattens = flattens
  }

  package func apply(_ vector: inout [Double]) {
    var best = 0
    for index in vector.indices where vector[index] > vector[best] { best = index }
    for index in vector.indices { vector[index] = index == best ? 1 : 0 }
  }
}
