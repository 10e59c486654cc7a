package import ApusGraph
package import ApusTensor

/// Resampling with coordinates x / scale, rounded down: the older name of a `Resize`.
///
/// Inputs: X and `scales`, an attribute before opset 9. Opset 10 deprecates it; there it is written as
/// `Resize`.
package struct Upsample: Operator {
  package static let kind = OperatorKind("Upsample")

  /// Nearest or linear.
  package var mode: Resize.Mode

  /// A resampling of the given kind.
  package init(mode: Resize.Mode = .nearest) { self.mode = mode }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    // Opset 1 has the name 'bilinear' for the same.
    let name = try record.string("mode", default: "nearest")
    guard let mode = Resize.Mode(rawValue: name == "bilinear" ? "linear" : name), mode != .cubic
    else {
      throw OperatorError("attribute 'mode' must be 'nearest' or 'linear', but is '\(name)'")
    }
    self.mode = mode
    if record.opset < 9 {
      guard let scales = try record.floats("scales") else {
        throw OperatorError("attribute 'scales' is missing")
      }
      record.addConstantInput(Tensor(scales), at: 1)
    }
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    if record.opset > 9 {
      throw OperatorError("does not exist since operator set 10; write it as Resize")
    }
    record.set("mode", mode.rawValue)
    if record.opset < 9, let scales = try record.takeConstantInput(1, named: "scales") {
      record.set("scales", scales.floats)
    }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    try resize.infer(context, scales: context.input(1), sizes: nil)
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    try resize.evaluate([inputs.required(0), nil, inputs.required(1)])
  }

  package func expansion(
    opset: Int, inputs: [ValueID?], in patch: inout Patch
  ) throws(OperatorError) -> [ValueID]? {
    guard opset >= 10, inputs.count == 2 else { return nil }
    return [patch.add(resize, [inputs[0], nil, inputs[1]])]
  }

  /// The same as a `Resize`, whose inputs are X, none, scales.
  package var resize: Resize { Resize(mode: mode, coordinates: .asymmetric, rounding: .floor) }
}
