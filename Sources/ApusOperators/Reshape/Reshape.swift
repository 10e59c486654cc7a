package import ApusGraph
package import ApusTensor

/// The elements of its input under another shape.
///
/// In the shape, the second input, one entry may be -1, the size left over, and 0 is the size the input
/// has there, unless `allowZero`, which opset 14 added, makes it the size 0.
package struct Reshape: ShapeOnly {
  package static let kind = OperatorKind("Reshape")

  /// Whether a 0 in the shape is a size.
  package let allowZero: Bool

  package init(allowZero: Bool = false) { self.allowZero = allowZero }

  package init(from record: inout OperatorRecord) throws(OperatorError) {
    allowZero = try record.int("allowzero", default: 0) != 0
  }

  package func encode(into record: inout OperatorRecord) throws(OperatorError) {
    guard allowZero else { return }
    if record.opset < 14 {
      // Without a 0 in it, the shape means the same with and without the attribute.
      if let shape = record.constantInput(1), !shape.integers.contains(0) { return }
      try record.require(opset: 14)
    }
    record.set("allowzero", true)
  }

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    let target = try context.input(1)
    guard let entries = target.content else {
      guard let rank = target.listCount, rank <= Fact.maximumContent else {
        return [Fact(input.dtype, nil)]
      }
      return [Fact(input.dtype, context.unknownSizes("reshape", rank: rank))]
    }
    guard var shape = try sizes(entries, of: input) else {
      return [Fact(input.dtype, context.unknownSizes("reshape", rank: entries.count))]
    }
    if let place = entries.firstIndex(of: -1) {
      shape[place] = context.unknownSize("reshape\(place)")
      if let size = try leftOver(of: input, in: shape, at: place) { shape[place] = size }
    }
    if let given = input.shape, Dimension.product(given).contradicts(Dimension.product(shape)) {
      throw OperatorError("\(given) cannot be reshaped to \(entries)")
    }
    try OutputSize.check(shape)
    if let content = input.content, let dtype = input.dtype,
      shape.isEmpty ? content.count == 1 : shape == [.fixed(content.count)]
    {
      return [Fact(content: content, dtype: dtype, rank: shape.count)]
    }
    return [Fact(input.dtype, shape)]
  }

  /// The entries with each 0 replaced; nil where that takes the shape of an input of unknown shape.
  private func sizes(
    _ entries: [Dimension], of input: Fact
  ) throws(OperatorError) -> [Dimension]? {
    var shape: [Dimension] = []
    var hasRest = false
    for (place, entry) in entries.enumerated() {
      if entry == -1 {
        guard !hasRest else { throw OperatorError("more than one size is -1: \(entries)") }
        hasRest = true
      } else if let number = entry.fixed, number < 0 {
        throw OperatorError("\(number) is not a size: \(entries)")
      }
      guard entry == 0, !allowZero else {
        shape.append(entry)
        continue
      }
      guard let given = input.shape else { return nil }
      guard place < given.count else {
        throw OperatorError("a 0 at place \(place) has no axis to copy from in \(given)")
      }
      shape.append(given[place])
    }
    if allowZero && hasRest && entries.contains(0) {
      throw OperatorError("sizes of -1 and 0 together leave nothing to divide: \(entries)")
    }
    return shape
  }

  /// The size that makes up for the others; nil where it cannot be stated.
  private func leftOver(
    of input: Fact, in shape: [Dimension], at place: Int
  ) throws(OperatorError) -> Dimension? {
    guard let given = input.shape else { return nil }
    let total = Dimension.product(given)
    var others = shape
    others.remove(at: place)
    let divisor = Dimension.product(others)
    guard let number = divisor.fixed else { return total.dividedExactly(by: divisor) }
    guard number > 0 else {
      // No elements at all: any size would do, and NumPy gives 0.
      return total == 0 && number == 0 ? 0 : nil
    }
    if let count = total.fixed, count % number != 0 {
      throw OperatorError("\(count) elements do not fill \(others) evenly")
    }
    return total.dividedRoundingDown(by: number)
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    [try inputs.required(0).withShape(try outputShape(inputs))]
  }
}
