package import ApusGraph
package import ApusTensor

/// A function of the vectors along one axis, or, as before opset 13, of all axes from one on taken together.
///
/// What Softmax, LogSoftmax and Hardmax share. Before opset 13 the input was flattened to a matrix at
/// `axis`, 1 by default; since then each vector along `axis`, -1 by default, is taken by itself. For the
/// last axis both are the same, and the newer form is kept.
package protocol AxisFunction: Operator {
  /// The axis.
  var axis: Int { get }
  /// Whether all axes from `axis` on are taken as one.
  var flattens: Bool { get }
  /// An operator on the given axis.
  init(axis: Int, flattens: Bool)
  /// The function of one vector.
  func apply(_ vector: inout [Double])
}

extension AxisFunction {
  package init(from record: inout OperatorRecord) throws(OperatorError) {
    let isOld = record.opset < 13
    let axis = try record.int("axis", default: isOld ? 1 : -1)
    self.init(axis: axis, flattens: isOld && axis != -1)
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    let isOld = record.opset < 13
    if isOld != flattens && axis != -1 {
      throw OperatorError(
        isOld
          ? "along axis \(axis) needs operator set 13, but the file is of set \(record.opset)"
          : "of all axes from \(axis) on cannot be written in operator set \(record.opset); "
            + "write it in operator set 12")
    }
    if axis != (isOld ? 1 : -1) { record.set("axis", axis) }
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    try Sizes.requireFloat(input.dtype, "input")
    if let rank = input.rank { _ = try place(rank: rank) }
    return [Fact(input.dtype, input.shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    let sizes = input.shape.dimensions
    let place = try place(rank: sizes.count)
    var elements = input.doubles
    if elements.isEmpty { return [input] }
    let outer = Sizes.product(sizes[..<place])
    let length = flattens ? Sizes.product(sizes[place...]) : place < sizes.count ? sizes[place] : 1
    let inner = elements.count / outer / length
    var vector = [Double](repeating: 0, count: length)
    for first in 0..<outer {
      for last in 0..<inner {
        let start = first * length * inner + last
        for index in 0..<length { vector[index] = elements[start + index * inner] }
        apply(&vector)
        for index in 0..<length { elements[start + index * inner] = vector[index] }
      }
    }
    return [Tensor(doubles: elements, dtype: input.dtype, shape: input.shape)]
  }

  /// The older form since opset 13: on a matrix, brought back into shape.
  package func expansion(
    opset: Int, inputs: [ValueID?], in patch: inout Patch
  ) throws(OperatorError) -> [ValueID]? {
    try flattened(opset: opset, inputs: inputs, in: &patch)
  }

  /// The operator on a flattened matrix, where the version has no such form.
  package func flattened(
    opset: Int, inputs: [ValueID?], in patch: inout Patch
  ) throws(OperatorError) -> [ValueID]? {
    guard opset >= 13, flattens, let input = inputs.first else { return nil }
    let shape = patch.add(ShapeOf(), [input])
    let matrix = patch.add(Flatten(axis: axis), [input])
    let output = patch.add(Self(axis: -1, flattens: false), [matrix])
    return [patch.add(Reshape(), [output, shape])]
  }

  /// A scalar is one vector of one element; a flattened matrix may have no columns left over.
  private func place(rank: Int) throws(OperatorError) -> Int {
    if flattens && axis == rank { return rank }
    if rank == 0 && (axis == -1 || axis == 0) { return 0 }
    return try Axes.resolved(axis, rank: rank)
  }
}
