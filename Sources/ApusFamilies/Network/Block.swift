package import ApusGraph

/// A part of a network that turns values into one value: what families write their networks with.
///
/// A block is a plain description, such as channels and strides. It is read from a checkpoint's
/// record of a module or written down in a preset, and builds the same nodes in either case. Names
/// of weights are those of upstream's `state_dict`: the block's path, a dot, and the name inside it.
package protocol Block: Sendable {
  /// Whether the block reads more than one value, as `Concatenation` does.
  var readsSeveral: Bool { get }
  /// The channels the block reads, where its description tells; asked of the first layer.
  var inputChannels: Int? { get }

  /// Appends the nodes of the block.
  ///
  /// - Parameters:
  ///   - inputs: the values the block reads; one, unless it `readsSeveral`.
  ///   - path: where the block lies in the model, such as `model.4.m.0`.
  func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID
}

/// A block that can be read from the record of a module.
package protocol RecordedBlock: Block {
  /// The names of the classes, without their package, that the block stands for.
  static var classNames: [String] { get }

  /// Reads the description from the record of a module of one of these classes.
  init(_ module: RecordedModule) throws(FamilyError)
}

extension Block {
  package var readsSeveral: Bool { false }
  package var inputChannels: Int? { nil }

  /// Appends the nodes of a block that reads one value.
  package func build(
    in network: inout NetworkBuilder, from input: ValueID, path: String
  ) throws(FamilyError) -> ValueID {
    try build(in: &network, from: [input], path: path)
  }
}
