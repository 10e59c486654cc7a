package import ApusGraph
package import ApusTensor

/// Its input unchanged, as networks use it after training; the second output is true everywhere.
///
/// Inputs: data, ratio, whether to train; the ratio is an attribute before opset 12, which added the
/// third one. Apus does not train: the attribute `seed` is dropped.
package struct Dropout: Transparent {
  package static let kind = OperatorKind("Dropout")

  package init() {}

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    if record.opset < 12, let ratio = try record.float("ratio") {
      record.addConstantInput(Tensor(scalar: ratio), at: 1)
    }
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    guard record.opset < 12 else { return }
    if let training = try record.takeConstantInput(2, named: "training_mode") {
      guard !training.booleans.contains(true) else { try record.require(opset: 12); return }
    }
    if let ratio = try record.takeConstantInput(1, named: "ratio"), ratio.count == 1 {
      record.set("ratio", ratio.floats[0])
    }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    try Self.requireInference(context[1]?.constant, training: context[2]?.constant)
    return [input, Fact(.bool, input.shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    try Self.requireInference(inputs.optional(1), training: inputs.optional(2))
    return [input, Tensor([Bool](repeating: true, count: input.count), shape: input.shape)]
  }

  /// Fails where the network is to be trained with a ratio above 0: the result would be random.
  private static func requireInference(
    _ ratio: Tensor?, training: Tensor?
  ) throws(OperatorError) {
    guard training?.booleans.contains(true) == true else { return }
    if let ratio, ratio.doubles.allSatisfy({ $0 == 0 }) { return }
    throw OperatorError("asks for random elements ('training_mode' is true)")
  }
}
