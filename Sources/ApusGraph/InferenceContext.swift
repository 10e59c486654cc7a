import ApusTensor

/// What an operator may look at when it states the facts of its outputs.
public struct InferenceContext: Sendable {
  /// Facts of the inputs; nil where an optional input is left out.
  public let inputs: [Fact?]
  /// The number of outputs the node has.
  public let outputCount: Int
  /// What makes new symbols unique: the node's name.
  let scope: String

  /// A context for a node of the given name.
  public init(inputs: [Fact?], outputCount: Int, scope: String) {
    self.inputs = inputs
    self.outputCount = outputCount
    self.scope = scope
  }

  /// The fact of a required input.
  public func input(_ index: Int) throws(OperatorError) -> Fact {
    guard let fact = self[index] else {
      throw OperatorError("input \(index) is missing")
    }
    return fact
  }

  /// The fact of an input, or nil where it is left out.
  public subscript(index: Int) -> Fact? { index < inputs.count ? inputs[index] : nil }

  /// The integers of a constant input, or nil where it is absent or not constant.
  public func integers(_ index: Int) -> [Int]? {
    guard let constant = self[index]?.constant, !constant.dtype.isFloatingPoint else { return nil }
    return constant.integers.map { Int($0) }
  }

  /// A size that is known only when the graph runs; unique to this node and purpose.
  public func unknownSize(_ purpose: String) -> Dimension { .symbol("\(scope).\(purpose)") }

  /// As many unknown sizes as there are axes.
  public func unknownSizes(_ purpose: String, rank: Int) -> [Dimension] {
    (0..<rank).map { unknownSize("\(purpose)\($0)") }
  }
}

extension Dimension {
  /// The shape that shapes broadcast to by ONNX's (NumPy's) rule.
  ///
  /// A symbol against a number above 1 is taken to be that number; two different symbols are an error only
  /// where they contradict one another.
  public static func broadcast(_ shapes: [[Dimension]]) throws(OperatorError) -> [Dimension] {
    let rank = shapes.map(\.count).max() ?? 0
    var result: [Dimension] = []
    for axis in 0..<rank {
      var size: Dimension = 1
      for shape in shapes {
        let place = axis - (rank - shape.count)
        guard place >= 0 else { continue }
        let candidate = shape[place]
        if candidate == 1 || candidate == size { continue }
        if size == 1 || (size.fixed == nil && candidate.fixed != nil) {
          size = candidate
        } else if size.fixed != nil && candidate.fixed != nil {
          let listed = shapes.map { "\($0)" }.joined(separator: " and ")
          throw OperatorError("shapes \(listed) do not broadcast: \(size) against \(candidate)")
        }
      }
      result.append(size)
    }
    return result
  }
}
