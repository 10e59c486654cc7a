package import ApusGraph
package import ApusTensor

/// The mean; integers are divided towards zero.
package struct ReduceMean: Reduction {
  package static let kind = OperatorKind("ReduceMean")

  /// Whether reduced axes stay with size 1.
  package var keepsAxes: Bool
  /// Whether an empty list of axes reduces nothing.
  package var keepsWithoutAxes: Bool

  package init(keepsAxes: Bool = true, keepsWithoutAxes: Bool = false) {
    self.keepsAxes = keepsAxes
    self.keepsWithoutAxes = keepsWithoutAxes
  }

  package func apply(_ elements: [Double]) -> Double {
    elements.reduce(0, +) / Double(elements.count)
  }

  package func apply(_ elements: [Int64], dtype: DType) -> Int64 {
    elements.isEmpty ? 0 : elements.reduce(0, &+) / Int64(elements.count)
  }
}
