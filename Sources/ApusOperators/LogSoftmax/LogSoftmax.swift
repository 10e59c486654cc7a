package import ApusGraph
import Foundation

/// The logarithm of the softmax along an axis; see `AxisFunction` for opsets before 13.
package struct LogSoftmax: AxisFunction {
  package static let kind = OperatorKind("LogSoftmax")

  /// The axis.
  package var axis: Int
  /// Whether all axes from `axis` on are taken as one.
  package var flattens: Bool

  package init(axis: Int = -1, flattens: Bool = false) {
    self.axis = axis
    self.flattens = flattens
  }

  package func apply(_ vector: inout [Double]) {
    let largest = vector.max() ?? 0
    let logarithm = log(vector.reduce(0) { $0 + exp($1 - largest) })
    for index in vector.indices { vector[index] -= largest + logarithm }
  }
}
