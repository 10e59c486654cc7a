package import ApusGraph

/// Layers one after another, each reading earlier ones by their index: how the YOLO families write networks.
///
/// Read from a checkpoint's records, or written down in a table.
package struct LayerList: Sendable {
  /// One entry of upstream's list.
  package struct Layer: Sendable {
    /// The layers whose outputs it reads, by index; -1 is the picture.
    package var sources: [Int]
    /// What it computes.
    package var block: any Block
    /// The class of the module, for people.
    package var className: String

    /// A layer.
    package init(_ block: any Block, from sources: [Int], className: String) {
      self.block = block
      self.sources = sources
      self.className = className
    }
  }

  /// The layers in order, without the head.
  package var layers: [Layer]

  /// The given layers.
  package init(_ layers: [Layer]) { self.layers = layers }

  /// The place of a layer in the model.
  package static func path(_ index: Int) -> String { "model.\(index)" }

  /// Appends all nodes and returns the outputs of all layers.
  package func build(
    in network: inout NetworkBuilder, from picture: ValueID
  ) throws(FamilyError) -> [ValueID] {
    var values: [ValueID] = []
    for (index, layer) in layers.enumerated() {
      values.append(
        try layer.block.build(
          in: &network, from: layer.sources.map { $0 < 0 ? picture : values[$0] },
          path: Self.path(index)))
    }
    return values
  }
}
