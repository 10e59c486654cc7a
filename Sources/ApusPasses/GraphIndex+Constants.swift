import ApusGraph
import ApusTensor

extension GraphIndex {
  /// The elements of a constant of the graph.
  func constant(_ id: ValueID?) -> Tensor? { id.flatMap { graph[$0].constant } }

  /// The one element of a constant of the graph.
  func scalar(_ id: ValueID?) -> Double? {
    guard let tensor = constant(id), tensor.count == 1 else { return nil }
    return tensor.doubles[0]
  }

  /// Whether the value is a constant whose one element is, rounded to the value's type, the given number.
  func isScalar(_ id: ValueID?, _ number: Double) -> Bool {
    guard let tensor = constant(id), tensor.count == 1 else { return false }
    return tensor.doubles == Tensor(doubles: [number], dtype: tensor.dtype, shape: [1]).doubles
  }

  /// What is known of a value.
  func fact(_ id: ValueID?) -> Fact { id.map { graph[$0].fact } ?? .unknown }

  /// The values that the integers of an input certainly have: from a constant, or from what inference knows.
  func integers(_ id: ValueID?) -> [Int]? {
    guard let tensor = fact(id).constant ?? constant(id), !tensor.dtype.isFloatingPoint else {
      return nil
    }
    return tensor.integers.map { Int($0) }
  }

  /// The node whose first output a value is, where its operator is of the given type.
  func producer<Op: Operator>(of id: ValueID?, as type: Op.Type) -> (node: Node, op: Op)? {
    guard let id, let node = producer(of: id), node.outputs[0] == id, let op = node.op as? Op else {
      return nil
    }
    return (node, op)
  }

  /// The node's inputs as a constant and the other one, for an operator of two inputs.
  func splitConstant(_ node: Node) -> (constant: ValueID, other: ValueID, isFirst: Bool)? {
    guard node.inputs.count == 2, let a = node.inputs[0], let b = node.inputs[1] else { return nil }
    if constant(b) != nil { return (b, a, false) }
    return constant(a) == nil ? nil : (a, b, true)
  }
}

extension Node {
  /// An input, or nil where it is left out.
  func input(_ place: Int) -> ValueID? { place < inputs.count ? inputs[place] : nil }
}
