package import ApusGraph
import ApusTensor
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

  /// The newer form before opset 13: quotient of exponentials; otherwise as every `AxisFunction`.
  package func expansion(
    opset: Int, inputs: [ValueID?], in patch: inout Patch
  ) throws(OperatorError) -> [ValueID]? {
    guard let input = inputs.first else { return nil }
    if opset >= 13 { return try flattened(opset: opset, inputs: inputs, in: &patch) }
    guard !flattens, axis != -1 else { return nil }
    let axes = patch.constant(Tensor([Int64(axis)]), name: "axes")
    let largest = patch.add(ReduceMax(), [input, axes])
    let exponentials = patch.add(Exp(), [patch.add(Sub(), [input, largest])])
    let sum = patch.add(ReduceSum(), [exponentials, axes])
    return [patch.add(Div(), [exponentials, sum])]
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
