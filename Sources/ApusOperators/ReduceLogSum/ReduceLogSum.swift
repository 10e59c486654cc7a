package import ApusGraph
package import ApusTensor
import Foundation

/// The logarithm of the sum.
package struct ReduceLogSum: Reduction {
  package static let kind = OperatorKind("ReduceLogSum")

  /// Whether reduced axes stay with size 1.
  package var keepsAxes: Bool
  /// Whether an empty list of axes reduces nothing.
  package var keepsWithoutAxes: Bool

  package init(keepsAxes: Bool = true, keepsWithoutAxes: Bool = false) {
    self.keepsAxes = keepsAxes
    self.keepsWithoutAxes = keepsWithoutAxes
  }

  package func apply(_ elements: [Double]) -> Double {
    log(elements.reduce(0, +))
  }

  package func apply(_ elements: [Int64], dtype: DType) -> Int64 {
    saturated(apply(elements.map(Double.init)))
  }
}
