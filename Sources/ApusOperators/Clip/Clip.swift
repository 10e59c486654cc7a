package import ApusGraph
package import ApusTensor

/// min(max(x, low), high), with NaN unchanged.
///
/// The bounds are the second and third input, scalars, each of which may be absent; attributes before opset
/// 11. 12 and 13 differ in types only.
package struct Clip: Elementwise {
  package static let kind = OperatorKind("Clip")

  package init() {}

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    guard record.opset < 11 else { return }
    for (index, name) in ["min", "max"].enumerated() {
      if let bound = try record.float(name) {
        record.addConstantInput(Tensor(scalar: bound), at: index + 1)
      }
    }
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    guard record.opset < 11 else { return }
    for (index, name) in [(2, "max"), (1, "min")] {
      guard let bound = try record.takeConstantInput(index, named: name) else { continue }
      guard bound.dtype == .float32, bound.count == 1 else { try record.require(opset: 12); return }
      record.set(name, bound.floats[0])
    }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    for index in 1...2 {
      if let shape = context[index]?.shape, Dimension.product(shape).contradicts(1) {
        throw OperatorError("a bound must be a scalar, but has shape \(shape)")
      }
    }
    return [Fact(input.dtype, input.shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let (low, high) = (inputs.optional(1), inputs.optional(2))
    for bound in [low, high].compactMap({ $0 }) where bound.count != 1 {
      throw OperatorError("a bound must be a scalar, but has shape \(bound.shape)")
    }
    if input.dtype.isFloatingPoint {
      let (least, most) = (low?.doubles[0] ?? -.infinity, high?.doubles[0] ?? .infinity)
      let results = input.doubles.map { $0.isNaN ? $0 : min(max($0, least), most) }
      return [Tensor(doubles: results, dtype: input.dtype, shape: input.shape)]
    }
    if input.dtype == .uint64 {
      let (least, most) = (
        low.map { UInt64(bitPattern: $0.integers[0]) } ?? 0,
        high.map { UInt64(bitPattern: $0.integers[0]) } ?? .max
      )
      let results = input.elements(as: UInt64.self).map { min(max($0, least), most) }
      return [Tensor(results, shape: input.shape)]
    }
    let (least, most) = (low?.integers[0] ?? .min, high?.integers[0] ?? .max)
    let results = input.integers.map { min(max($0, least), most) }
    return [Tensor(integers: results, dtype: input.dtype, shape: input.shape)]
  }
}
