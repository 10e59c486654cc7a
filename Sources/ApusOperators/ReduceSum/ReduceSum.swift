package import ApusGraph
package import ApusTensor

/// The sum.
///
/// The axes are an input since opset 13.
package struct ReduceSum: Reduction {
  package static let kind = OperatorKind("ReduceSum")
  package static let axesInputSince = 13

  /// Whether reduced axes stay with size 1.
  package var keepsAxes: Bool
  /// Whether an empty list of axes reduces nothing.
  package var keepsWithoutAxes: Bool

  package init(keepsAxes: Bool = true, keepsWithoutAxes: Bool = false) {
    self.keepsAxes = keepsAxes
    self.keepsWithoutAxes = keepsWithoutAxes
  }

  package func apply(_ elements: [Double]) -> Double {
    elements.reduce(0, +)
  }

  package func apply(_ elements: [Int64], dtype: DType) -> Int64 {
    elements.reduce(0, &+)
  }
}
