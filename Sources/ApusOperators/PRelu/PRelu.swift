package import ApusGraph
package import ApusTensor

/// x where x >= 0, else x times its slope, the second input, which is broadcast to the first.
///
/// Opsets 7, 9 and 16 differ in types only.
package struct PRelu: Elementwise {
  package static let kind = OperatorKind("PRelu")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    try Sizes.requireOneType(context)
    let fact = try Broadcasting.infer(context)[0]
    let input = try context.input(0)
    if let shape = input.shape, let result = fact.shape {
      guard shape.count == result.count, !zip(shape, result).contains(where: { $0.contradicts($1) })
      else { throw OperatorError("a slope does not broadcast to the input's shape \(shape)") }
    }
    return [Fact(input.dtype, input.shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let slope = try inputs.required(1)
    let broadcasting = try Broadcasting([try outputShape(inputs), slope.shape])
    let slopes = slope.doubles
    let results = zip(input.doubles, broadcasting.places(in: slope.shape)).map { x, place in
      x < 0 ? x * slopes[place] : x
    }
    return [Tensor(doubles: results, dtype: input.dtype, shape: input.shape)]
  }
}
