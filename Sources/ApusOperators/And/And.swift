package import ApusGraph

/// Whether both are true, broadcast.
///
/// Unchanged since opset 7.
package struct And: LogicalFunction {
  package static let kind = OperatorKind("And")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func apply(_ a: Bool, _ b: Bool) -> Bool { a && b }
}
