package import ApusGraph

/// Whether exactly one is true, broadcast.
///
/// Unchanged since opset 7.
package struct Xor: LogicalFunction {
  package static let kind = OperatorKind("Xor")

  package init() {}
  package init(from record: inout OperatorRecord) throws(OperatorError) {}
  package func encode(into record: inout OperatorRecord) throws(OperatorError) {}

  package func apply(_ a: Bool, _ b: Bool) -> Bool { a != b }
}
