public import ApusTensor

/// A proposed change of a graph: new nodes, and the values they replace.
///
/// A pass makes patches and changes nothing itself; `Graph.apply(_:)` checks and carries out.
public struct Patch: Sendable {
  struct NewNode: Sendable {
    let op: any Operator
    let inputs: [ValueID?]
    let outputs: [ValueID]
    let name: String
  }

  /// The pass that proposes it.
  public let pass: String
  var constants: [(id: ValueID, tensor: Tensor, name: String)] = []
  var nodes: [NewNode] = []
  var replacements: [(old: ValueID, new: ValueID)] = []
  var newOutputs: [ValueID]?
  private var nextID = -1

  /// An empty patch of the given pass.
  public init(_ pass: String) { self.pass = pass }

  /// Whether it changes nothing.
  public var isEmpty: Bool { replacements.isEmpty && newOutputs == nil }

  /// Adds a constant.
  public mutating func constant(_ tensor: Tensor, name: String = "constant") -> ValueID {
    let id = newID()
    constants.append((id, tensor, name))
    return id
  }

  /// Adds a node and returns its outputs.
  public mutating func add(
    _ op: any Operator, _ inputs: [ValueID?], outputCount: Int, name: String? = nil
  ) -> [ValueID] {
    let outputs = (0..<outputCount).map { _ in newID() }
    nodes.append(
      NewNode(op: op, inputs: inputs, outputs: outputs, name: name ?? op.kind.name))
    return outputs
  }

  /// Adds a node of one output and returns it.
  public mutating func add(
    _ op: any Operator, _ inputs: [ValueID?], name: String? = nil
  ) -> ValueID {
    add(op, inputs, outputCount: 1, name: name)[0]
  }

  /// Lets every reader of `old` (nodes and graph outputs) read `new` instead.
  ///
  /// Nodes that nothing reads any more disappear.
  public mutating func replace(_ old: ValueID, with new: ValueID) {
    replacements.append((old, new))
  }

  /// Replaces the one output of a node by that of a new node.
  public mutating func replace(
    _ node: Node, with op: any Operator, _ inputs: [ValueID?]
  ) {
    replace(node.outputs[0], with: add(op, inputs, name: node.name))
  }

  /// Makes these the outputs of the graph.
  public mutating func setOutputs(_ ids: [ValueID]) { newOutputs = ids }

  private mutating func newID() -> ValueID {
    defer { nextID -= 1 }
    return ValueID(rawValue: nextID)
  }
}

extension Patch {
  /// The values of the graph that the patch replaces.
  public var replacedValues: [ValueID] { replacements.map(\.old) }

  /// What a value is to be replaced with; nil where the new value is one the patch adds.
  public func existingReplacement(of old: ValueID) -> ValueID? {
    guard let new = replacements.first(where: { $0.old == old })?.new, new.isOfGraph else {
      return nil
    }
    return new
  }

  /// Whether the value that replaces `old` is a constant that the patch adds.
  public func replacesByConstant(_ old: ValueID) -> Bool {
    guard let new = replacements.first(where: { $0.old == old })?.new else { return false }
    return constants.contains { $0.id == new }
  }

  /// The values of the graph that the patch's nodes read or that replace others.
  public var readValues: [ValueID] {
    (nodes.flatMap { $0.inputs.compactMap { $0 } } + replacements.map(\.new)).filter(\.isOfGraph)
  }
}

extension ValueID {
  /// Whether it names a value of a graph, not one that a patch is still to add.
  var isOfGraph: Bool { rawValue >= 0 }
}
