package import ApusGraph
package import ApusTensor

/// The square root of the sum of squares.
package struct ReduceL2: Reduction {
  package static let kind = OperatorKind("ReduceL2")

  /// Whether reduced axes stay with size 1.
  package var keepsAxes: Bool
  /// Whether an empty list of axes reduces nothing.
  package var keepsWithoutAxes: Bool

  package init(keepsAxes: Bool = true, keepsWithoutAxes: Bool = false) {
    self.keepsAxes = keepsAxes
    self.keepsWithoutAxes = keepsWithoutAxes
  }

  package func apply(_ elements: [Double]) -> Double {
    elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  package func apply(_ elements: [Int64], dtype: DType) -> Int64 {
    saturated(apply(elements.map(Double.init)))
  }
}
