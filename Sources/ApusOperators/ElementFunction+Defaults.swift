package import ApusGraph
package import ApusTensor

// What all functions of one element share. Sources: the operator's page in ONNX's Operators.md.

extension ElementFunction {
  /// Type and shape of the input.
  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    return [Fact(input.dtype, input.shape)]
  }

  /// The function of every element, computed in double precision and rounded once.
  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    return [
      Tensor(doubles: input.doubles.map { self($0) }, dtype: input.dtype, shape: input.shape)
    ]
  }
}

extension [Tensor?] {
  /// A required input.
  package func required(_ index: Int) throws(OperatorError) -> Tensor {
    guard index < count, let tensor = self[index] else {
      throw OperatorError("input \(index) is missing")
    }
    return tensor
  }

  /// An optional input: nil where it is left out.
  package func optional(_ index: Int) -> Tensor? { index < count ? self[index] : nil }
}
