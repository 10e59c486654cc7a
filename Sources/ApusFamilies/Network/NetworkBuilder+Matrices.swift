package import ApusGraph
import ApusOperators
import ApusTensor

// The operators that attention is built from: values as stacks of matrices.

extension NetworkBuilder {
  /// The same numbers under another shape; 0 keeps the size the input has there, -1 is what is left over.
  package mutating func reshape(
    _ input: ValueID, to sizes: [Int], name: String
  ) throws(FamilyError) -> ValueID {
    try reshape(input, to: list(sizes, name: "\(name).sizes"), name: name)
  }

  /// The same numbers under the shape that another value holds.
  package mutating func reshape(
    _ input: ValueID, to shape: ValueID, name: String
  ) throws(FamilyError) -> ValueID { try append(Reshape(), [input, shape], name: name) }

  /// The shape of a grid as a value: a constant where height and width are fixed, else computed when the graph
  /// runs.
  package mutating func shape(of input: ValueID, name: String) throws(FamilyError) -> ValueID {
    if let shape = graph[input].fact.shape {
      let sizes = shape.dropFirst().compactMap(\.fixed)
      if sizes.count == shape.count - 1 { return list([0] + sizes, name: name) }
    }
    return try append(ShapeOf(), [input], name: name)
  }

  /// Rows and columns exchanged: the last two of four axes.
  package mutating func transposeMatrices(
    _ input: ValueID, name: String
  ) throws(FamilyError) -> ValueID { try append(Transpose([0, 1, 3, 2]), [input], name: name) }

  /// Matrix products, pair by pair.
  package mutating func multiplyMatrices(
    _ a: ValueID, _ b: ValueID, name: String
  ) throws(FamilyError) -> ValueID { try append(MatMul(), [a, b], name: name) }

  /// Every number times a factor.
  package mutating func scale(
    _ input: ValueID, by factor: Float, name: String
  ) throws(FamilyError) -> ValueID {
    try append(
      Mul(), [input, constant(Tensor(scalar: factor), name: "\(name).factor")], name: name)
  }

  /// Softmax along the last axis.
  package mutating func softmax(
    _ input: ValueID, name: String
  ) throws(FamilyError) -> ValueID { try append(Softmax(), [input], name: name) }
}
