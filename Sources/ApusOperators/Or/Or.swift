package import ApusGraph

/// Whether one at least is true, broadcast.
///
/// Unchanged since opset 7.
package struct Or: LogicalFunction {
  package static let kind = OperatorKind("Or")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func apply(_ a: Bool, _ b: Bool) -> Bool { a || b }
}
