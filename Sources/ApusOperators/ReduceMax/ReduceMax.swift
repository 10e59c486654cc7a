package import ApusGraph
package import ApusTensor

/// The largest element; the smallest number of the type for none.
///
/// Opset 12 adds 8-bit integers, 20 truth values.
package struct ReduceMax: Reduction {
  package static let kind = OperatorKind("ReduceMax")

  /// Whether reduced axes stay with size 1.
  package var keepsAxes: Bool
  /// Whether an empty list of axes reduces nothing.
  package var keepsWithoutAxes: Bool

  package init(keepsAxes: Bool = true, keepsWithoutAxes: Bool = false) {
    self.keepsAxes = keepsAxes
    self.keepsWithoutAxes = keepsWithoutAxes
  }

  package func apply(_ elements: [Double]) -> Double {
    elements.contains(where: \.isNaN) ? .nan : elements.max() ?? -.infinity
  }

  package func apply(_ elements: [Int64], dtype: DType) -> Int64 {
    elements.max() ?? (dtype == .bool ? 0 : dtype.integerRange?.lowerBound ?? 0)
  }
}
