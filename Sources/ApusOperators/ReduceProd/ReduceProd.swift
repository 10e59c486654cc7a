package import ApusGraph
package import ApusTensor

/// The product.
package struct ReduceProd: Reduction {
  package static let kind = OperatorKind("ReduceProd")

  /// Whether reduced axes stay with size 1.
  package var keepsAxes: Bool
  /// Whether an empty list of axes reduces nothing.
  package var keepsWithoutAxes: Bool

  package init(keepsAxes: Bool = true, keepsWithoutAxes: Bool = false) {
    self.keepsAxes = keepsAxes
    self.keepsWithoutAxes = keepsWithoutAxes
  }

  package func apply(_ elements: [Double]) -> Double {
    elements.reduce(1, *)
  }

  package func apply(_ elements: [Int64], dtype: DType) -> Int64 {
    elements.reduce(1, &*)
  }
}
