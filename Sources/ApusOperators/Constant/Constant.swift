package import ApusGraph
package import ApusTensor

/// A tensor that is part of the model.
///
/// Before opset 12 the attribute is always `value`; the single numbers and lists of numbers that later
/// ones allow are read into it.
package struct Constant: Operator {
  package static let kind = OperatorKind("Constant")

  /// The elements.
  package let value: Tensor

  package init(_ value: Tensor) { self.value = value }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    if let tensor = try record.tensor("value") {
      value = tensor
    } else if let number = try record.float("value_float") {
      value = Tensor(scalar: number)
    } else if let numbers = try record.floats("value_floats") {
      value = Tensor(numbers)
    } else if let number = try record.int("value_int") {
      value = Tensor(scalar: Int64(number))
    } else if let numbers = try record.ints("value_ints") {
      value = Tensor(numbers.map(Int64.init))
    } else {
      let found = record.attributes.keys.sorted().joined(separator: ", ")
      throw OperatorError(
        "needs one of the attributes value, value_float(s), value_int(s)"
          + (found.isEmpty ? "" : "; '\(found)' is not supported"))
    }
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    record.set("value", value)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    [Fact(constant: value)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] { [value] }
}
