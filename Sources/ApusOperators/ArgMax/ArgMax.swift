package import ApusGraph

/// Where along an axis the largest element lies.
package struct ArgMax: ArgumentSearch {
  package static let kind = OperatorKind("ArgMax")

  /// The axis.
  package var axis: Int
  /// Whether the axis stays with size 1.
  package var keepsAxis: Bool
  /// Whether the last of equal elements is taken, not the first.
  package var takesLast: Bool

  package init(axis: Int = 0, keepsAxis: Bool = true, takesLast: Bool = false) {
    self.axis = axis
    self.keepsAxis = keepsAxis
    self.takesLast = takesLast
  }

  package func precedes<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { a > b }
}
