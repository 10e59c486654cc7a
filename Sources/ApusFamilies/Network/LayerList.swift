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

  /// Appends the nodes of the layers and returns their outputs; nil for those that are left out.
  ///
  /// - Parameter ends: layers that are read; what none of them needs is left out. Nil takes all.
  package func build(
    in network: inout NetworkBuilder, from picture: ValueID, reaching ends: [Int]? = nil
  ) throws(FamilyError) -> [ValueID?] {
    let needed = ends.map(layers(neededFor:))
    var values: [ValueID?] = []
    for (index, layer) in layers.enumerated() {
      guard needed?.contains(index) ?? true else {
        values.append(nil)
        continue
      }
      values.append(
        try layer.block.build(
          in: &network, from: layer.sources.compactMap { $0 < 0 ? picture : values[$0] },
          path: Self.path(index)))
    }
    return values
  }

  /// The given layers and all that they read, directly or through others.
  private func layers(neededFor ends: [Int]) -> Set<Int> {
    var needed = Set(ends)
    for index in layers.indices.reversed() where needed.contains(index) {
      needed.formUnion(layers[index].sources)
    }
    return needed
  }
}
