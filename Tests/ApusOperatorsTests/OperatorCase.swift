import ApusGraph
import ApusOperators
import ApusTensor
import Testing

/// One node with its inputs and what it computes.
struct OperatorCase: CustomTestStringConvertible, Sendable {
  let op: any Operator
  let inputs: [Tensor?]
  /// The elements of the first output, worked out by hand; nil where only the laws are checked.
  let expected: [Double]?
  let outputCount: Int

  init(
    _ op: any Operator, _ inputs: [Tensor?], gives expected: [Double]? = nil, outputs: Int = 1
  ) {
    self.op = op
    self.inputs = inputs
    self.expected = expected
    outputCount = outputs
  }

  var testDescription: String {
    "\(op) of \(inputs.map { $0.map { "\($0.dtype) \($0.shape)" } ?? "-" })"
  }

  static let all = elementwise + structure
}

/// A float32 tensor.
func floats(_ values: [Float], _ shape: Shape? = nil) -> Tensor {
  Tensor(values, shape: shape ?? [values.count])
}

/// An int64 tensor.
func ints(_ values: [Int64], _ shape: Shape? = nil) -> Tensor {
  Tensor(values, shape: shape ?? [values.count])
}

/// A bool tensor.
func flags(_ values: [Bool], _ shape: Shape? = nil) -> Tensor {
  Tensor(values, shape: shape ?? [values.count])
}

/// A float32 tensor of 0, 1, 2 and so on.
func counting(_ shape: Shape) -> Tensor {
  floats((0..<shape.count).map(Float.init), shape)
}
