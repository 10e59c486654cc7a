package import ApusGraph
package import ApusTensor

// One shape rule for inference and evaluation: an operator that evaluates asks its own `infer` with
// all inputs constant.

extension Operator {
  /// The shapes of the outputs for the given inputs.
  package func outputShapes(
    _ inputs: [Tensor?], count: Int = 1
  ) throws(OperatorError) -> [Shape] {
    let facts = inputs.map { $0.map(Fact.init(constant:)) }
    let context = InferenceContext(inputs: facts, outputCount: count, scope: "")
    var shapes: [Shape] = []
    for fact in try infer(context) { shapes.append(try OutputSize.shape(of: fact)) }
    return shapes
  }

  /// The shape of the first output for the given inputs.
  package func outputShape(_ inputs: [Tensor?]) throws(OperatorError) -> Shape {
    guard let shape = try outputShapes(inputs).first else {
      throw OperatorError("has no output")
    }
    return shape
  }
}

extension Fact {
  /// The number of elements of a value of one axis, where known.
  package var listCount: Int? {
    guard let shape, shape.count == 1, let count = shape[0].fixed, count >= 0 else { return nil }
    return count
  }
}

extension Tensor {
  /// The same elements under another shape; fails where that has more or fewer.
  package func withShape(_ shape: Shape) throws(OperatorError) -> Tensor {
    guard shape.count == count else {
      throw OperatorError("\(self.shape) cannot be reshaped to \(shape)")
    }
    return reshaped(to: shape)
  }
}
