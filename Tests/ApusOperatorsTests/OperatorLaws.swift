import ApusGraph
import ApusOperators
import ApusTensor

/// What holds of every operator, checked on one node: evaluation, inference and every operator-set version
/// say the same.
struct OperatorLaws {
  let op: any Operator
  let inputs: [Tensor?]
  let outputCount: Int

  /// The newest operator set of ONNX that was looked at.
  static let newest = 28

  init(_ op: any Operator, _ inputs: [Tensor?], outputCount: Int = 1) {
    self.op = op
    self.inputs = inputs
    self.outputCount = outputCount
  }

  /// What is broken; empty where nothing is.
  func violations() -> [String] {
    let outputs: [Tensor]
    do {
      outputs = try op.evaluate(inputs)
    } catch {
      return ["evaluation fails: \(error)"]
    }
    if outputs.count < outputCount { return ["evaluation gives \(outputs.count) outputs"] }
    return disagreements(with: outputs) + brokenRoundTrips(outputs)
  }

  /// Inference from constants, from shapes and from symbolic shapes, against what evaluation gave.
  private func disagreements(with outputs: [Tensor]) -> [String] {
    var found: [String] = []
    let views: [(String, (Tensor) -> Fact)] = [
      ("constants", { Fact(constant: $0) }),
      ("shapes", { Fact($0.dtype, $0.shape) }),
      ("symbols", { Fact($0.dtype, symbolic($0.shape)) }),
      (
        "small constants",
        { $0.shape.rank <= 1 ? Fact(constant: $0) : Fact($0.dtype, symbolic($0.shape)) }
      ),
      ("types", { Fact($0.dtype, nil) }),
      ("nothing", { _ in .unknown }),
    ]
    for (view, fact) in views {
      let facts = inputs.map { $0.map(fact) }
      let context = InferenceContext(inputs: facts, outputCount: outputCount, scope: "node")
      do {
        let inferred = try op.infer(context)
        if inferred.count < outputCount {
          found.append("inference from \(view) gives \(inferred.count) facts")
        }
        for (index, (fact, tensor)) in zip(inferred, outputs).enumerated() {
          if let reason = contradiction(fact, tensor) {
            found.append("inference from \(view): output \(index) is \(fact), but \(reason)")
          }
          if view == "constants", fact.dtype == nil || fact.shape == nil {
            found.append("inference from constants leaves output \(index) unknown: \(fact)")
          }
        }
      } catch {
        found.append("inference from \(view) fails: \(error)")
      }
    }
    return found
  }

  /// Sizes above 1 by name; equal sizes have one name, so that broadcasting finds them equal.
  private func symbolic(_ shape: Shape) -> [Dimension] {
    shape.dimensions.map { $0 > 1 ? .symbol("size\($0)") : .fixed($0) }
  }

  private func contradiction(_ fact: Fact, _ tensor: Tensor) -> String? {
    var sizes: [String: Int] = [:]
    for case .some(let input) in inputs {
      for size in input.shape.dimensions { sizes["size\(size)"] = size }
    }
    var fact = fact
    fact.shape = fact.shape?.map { $0.substituting(sizes) }
    if fact.contradicts(Fact(tensor.dtype, tensor.shape)) {
      return "evaluation gives \(tensor.dtype) \(tensor.shape)"
    }
    if let constant = fact.constant, constant != tensor { return "evaluation gives other elements" }
    if let content = fact.content?.map({ $0.substituting(sizes) }) {
      let numbers = tensor.integers.map { Dimension.fixed(Int($0)) }
      if content.count != numbers.count
        || zip(content, numbers).contains(where: { $0.contradicts($1) })
      {
        return "its content \(content) should be \(numbers)"
      }
    }
    return nil
  }

  /// Writes the operator for every version and reads it back; a version may refuse.
  private func brokenRoundTrips(_ outputs: [Tensor]) -> [String] {
    var found: [String] = []
    for opset in 9...Self.newest {
      let given = inputs.map { $0.map { .value(constant: $0) } ?? OperatorRecord.Input.absent }
      var record = OperatorRecord(opset: opset, inputs: given, outputCount: outputCount)
      guard (try? op.encode(into: &record)) != nil else {
        if opset == Self.newest { found.append("cannot be written for operator set \(opset)") }
        continue
      }
      do {
        let read = try type(of: op).init(from: &record)
        if !read.isEqual(to: op) { found.append("operator set \(opset): \(op) is read as \(read)") }
        let again = (0..<record.inputs.count).map { record.constantInput($0) }
        if try read.evaluate(again) != outputs {
          found.append("operator set \(opset): what is read back computes something else")
        }
      } catch {
        found.append("operator set \(opset): cannot be read back: \(error)")
      }
    }
    return found
  }
}
