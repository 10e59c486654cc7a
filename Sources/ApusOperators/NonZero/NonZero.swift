package import ApusGraph
package import ApusTensor

/// The indices of all elements but 0, one column each: int64 `[axes, elements found]`.
///
/// Opsets 9 and 13 differ in types only.
package struct NonZero: Operator {
  package static let kind = OperatorKind("NonZero")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func infer(_ context: InferenceContext) throws(OperatorError) -> [Fact] {
    let input = try context.input(0)
    let count = input.constant.map { Dimension.fixed($0.booleans.count { $0 }) }
    let rank = input.rank.map(Dimension.fixed) ?? context.unknownSize("rank")
    return [Fact(.int64, [rank, count ?? context.unknownSize("count")])]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.required(0)
    var columns: [[Int]] = []
    var element = 0
    let flags = input.booleans
    input.shape.forEachIndex { index in
      if flags[element] { columns.append(index) }
      element += 1
    }
    let rows = (0..<input.shape.rank).flatMap { axis in columns.map { Int64($0[axis]) } }
    return [Tensor(rows, shape: [input.shape.rank, columns.count])]
  }
}
