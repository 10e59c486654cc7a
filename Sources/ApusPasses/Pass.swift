public import ApusGraph

/// A rewriting of a graph, one place at a time.
///
/// A pass changes nothing: it looks at a node and proposes a patch. `Pipeline` collects the patches of all nodes
/// and has the graph apply them.
public protocol Pass: Sendable {
  /// What a person calls the pass; stands in reports and in the provenance of the nodes it makes.
  static var name: String { get }

  /// The change that the pass proposes at a node.
  ///
  /// - Throws: `Miss` with the reason why there is nothing to change here.
  func patch(at node: Node, in index: GraphIndex) throws(Miss) -> Patch
}

extension Pass {
  /// What a person calls the pass.
  public var name: String { Self.name }

  /// The node's operator, where it is of the type the pass looks for.
  func root<Op: Operator>(_ node: Node, as type: Op.Type) throws(Miss) -> Op {
    guard let op = node.op as? Op else { throw Miss("not this operator", isNear: false) }
    return op
  }

  /// A patch that lets every reader of the node's first output read an existing value instead.
  func replacing(_ node: Node, by value: ValueID) -> Patch {
    var patch = Patch(Self.name)
    patch.replace(node.outputs[0], with: value)
    return patch
  }
}
