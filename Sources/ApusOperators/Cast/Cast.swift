package import ApusGraph
package import ApusTensor

/// The numbers of its input as another type.
///
/// Fractions are dropped, numbers outside of an integer type wrap around as in NumPy, and everything but 0
/// becomes true. Opsets 19 and 24 added attributes that concern 8-bit floating-point types only.
package struct Cast: Elementwise {
  package static let kind = OperatorKind("Cast")

  /// The type.
  package let dtype: DType

  package init(to dtype: DType) { self.dtype = dtype }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    guard let number = try record.int("to") else {
      throw OperatorError("attribute 'to' is missing")
    }
    dtype = try DType(elementNumber: number)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    record.set("to", dtype.elementNumber)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    [try Self.fact(context.input(0), as: dtype)]
  }

  /// A fact under another type; sizes survive in types that hold them exactly.
  package static func fact(_ input: Fact, as dtype: DType) -> Fact {
    var fact = Fact(dtype, input.shape)
    let largest: Int
    switch dtype {
    case .int64: largest = .max
    case .float64: largest = 1 << 53
    case .int32: largest = Int(Int32.max)
    case .float32: largest = 1 << 24
    default: return fact
    }
    if let sizes = input.sizes, sizes.allSatisfy({ ($0.fixed ?? 0).magnitude <= largest }) {
      fact.content = sizes
    }
    return fact
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    [try inputs.required(0).converted(to: dtype)]
  }
}
