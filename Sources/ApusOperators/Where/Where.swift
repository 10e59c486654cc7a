package import ApusGraph
package import ApusTensor

/// The element of the second input where the first is true, else that of the third; all broadcast.
///
/// In ONNX since opset 9; 16 differs in types only.
package struct Where: Elementwise {
  package static let kind = OperatorKind("Where")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let condition = try context.input(0)
    let (a, b) = (try context.input(1), try context.input(2))
    if let dtype = condition.dtype, dtype != .bool {
      throw OperatorError("the condition must be bool, but is \(dtype)")
    }
    if let left = a.dtype, let right = b.dtype, left != right {
      throw OperatorError("inputs must have one type, but are \(left) and \(right)")
    }
    let fact = try Broadcasting.infer(context)[0]
    let dtype = a.dtype ?? b.dtype
    if let dtype, let content = chosen(condition.constant, a, b), let rank = fact.rank, rank <= 1 {
      return [Fact(content: content, dtype: dtype, rank: rank)]
    }
    return [Fact(dtype, fact.shape)]
  }

  /// The sizes chosen by a constant condition from lists of equal length.
  private func chosen(_ condition: Tensor?, _ a: Fact, _ b: Fact) -> [Dimension]? {
    guard let condition = condition?.booleans, let x = a.content, let y = b.content else {
      return nil
    }
    let count = max(condition.count, x.count, y.count)
    for given in [condition.count, x.count, y.count] where given != count && given != 1 {
      return nil
    }
    return (0..<count).map { index in
      let isFirst = condition[condition.count == 1 ? 0 : index]
      return isFirst ? x[x.count == 1 ? 0 : index] : y[y.count == 1 ? 0 : index]
    }
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let condition = try inputs.required(0)
    let (a, b) = (try inputs.required(1), try inputs.required(2))
    guard a.dtype == b.dtype else {
      throw OperatorError("inputs must have one type, but are \(a.dtype) and \(b.dtype)")
    }
    let broadcasting = try Broadcasting([condition.shape, a.shape, b.shape])
    let (x, y) = (broadcasting.places(in: a.shape), broadcasting.places(in: b.shape))
    let flags = condition.booleans
    let places = broadcasting.places(in: condition.shape).enumerated().map { element, place in
      flags[place] ? x[element] : a.count + y[element]
    }
    return [Tensor.joined([a, b]).selecting(places, shape: broadcasting.shape)]
  }
}
