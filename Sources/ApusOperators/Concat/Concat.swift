package import ApusGraph
package import ApusTensor

/// Its inputs one after the other along an axis.
///
/// Opset 11 allowed negative axes; 4, 11 and 13 differ in types beside that.
package struct Concat: Operator {
  package static let kind = OperatorKind("Concat")

  /// The axis; negative from the end.
  package let axis: Int

  package init(axis: Int) { self.axis = axis }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    guard let axis = try record.int("axis") else {
      throw OperatorError("attribute 'axis' is missing")
    }
    self.axis = axis
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    record.set("axis", axis)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let first = try context.input(0)
    let facts = context.inputs.compactMap { $0 }
    for fact in facts {
      if let left = first.dtype, let right = fact.dtype, left != right {
        throw OperatorError("inputs must have one type, but are \(left) and \(right)")
      }
    }
    let shapes = facts.compactMap(\.shape)
    guard shapes.count == facts.count, var result = shapes.first else {
      return [Fact(first.dtype, nil)]
    }
    let axis = try Axes.resolved(axis, rank: result.count)
    for shape in shapes.dropFirst() {
      guard shape.count == result.count else {
        throw OperatorError("inputs must have one number of axes, but are \(result) and \(shape)")
      }
      for place in result.indices where place != axis {
        if result[place].contradicts(shape[place]) {
          throw OperatorError(
            "inputs differ along axis \(place), which is not joined: \(result) and \(shape)")
        }
        if result[place].fixed == nil { result[place] = shape[place] }
      }
      result[axis] = result[axis] + shape[axis]
    }
    try OutputSize.check(result)
    let contents = facts.compactMap(\.content)
    if result.count == 1, contents.count == facts.count, let dtype = first.dtype {
      return [Fact(content: contents.flatMap { $0 }, dtype: dtype)]
    }
    return [Fact(first.dtype, result)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let tensors = inputs.compactMap { $0 }
    let shape = try outputShape(tensors)
    let axis = try Axes.resolved(axis, rank: shape.rank)
    let outer = shape.split(at: axis).outer
    var starts: [Int] = []
    var blocks: [Int] = []
    for tensor in tensors {
      starts.append((starts.last ?? 0) + (blocks.last ?? 0) * outer)
      blocks.append(tensor.shape.dimensions[axis...].reduce(1, *))
    }
    var places: [Int] = []
    places.reserveCapacity(shape.count)
    for row in 0..<outer {
      for (start, block) in zip(starts, blocks) {
        places.append(contentsOf: (start + row * block)..<(start + (row + 1) * block))
      }
    }
    return [Tensor.joined(tensors).selecting(places, shape: shape)]
  }
}
