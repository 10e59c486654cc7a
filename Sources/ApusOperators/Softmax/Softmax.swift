package import ApusGraph
import Foundation

/// e^x over the sum of e^x along an axis; see `AxisFunction` for opsets before 13.
package struct Softmax: AxisFunction {
  package static let kind = OperatorKind("Softmax")

  /// The axis the outputs sum to 1 along.
  package var axis: Int
  /// Whether all axes from `axis` on are taken as one.
  package var flattens: Bool

  package init(axis: Int = -1, flattens: Bool = false) {
    self.axis = axis
    self.flattens = flattens
  }

  package func apply(_ vector: inout [Double]) {
    let largest = vector.max() ?? 0
    var sum = 0.0
    for index in vector.indices {
      vector[index] = exp(vector[index] - largest)
      sum += vector[index]
    }
    for index in vector.indices { vector[index] /= sum }
  }
}
