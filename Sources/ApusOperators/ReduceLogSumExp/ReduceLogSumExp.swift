package import ApusGraph
package import ApusTensor
import Foundation

/// The logarithm of the sum of e^x.
package struct ReduceLogSumExp: Reduction {
  package static let kind = OperatorKind("ReduceLogSumExp")

  /// Whether reduced axes stay with size 1.
  package var keepsAxes: Bool
  /// Whether an empty list of axes reduces nothing.
  package var keepsWithoutAxes: Bool

  package init(keepsAxes: Bool = true, keepsWithoutAxes: Bool = false) {
    self.keepsAxes = keepsAxes
    self.keepsWithoutAxes = keepsWithoutAxes
  }

  package func apply(_ elements: [Double]) -> Double {
    let largest = elements.max() ?? 0
    guard largest.isFinite else { return elements.contains(where: \.isNaN) ? .nan : largest }
    return log(elements.reduce(0) { $0 + exp($1 - largest) }) + largest
  }

  package func apply(_ elements: [Int64], dtype: DType) -> Int64 {
    saturated(apply(elements.map(Double.init)))
  }
}
