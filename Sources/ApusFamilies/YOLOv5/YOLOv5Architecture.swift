package import ApusGraph

/// The layers of a YOLOv5 network and its head, as plain values.
///
/// Read from a checkpoint's records, or written down in a preset.
package struct YOLOv5Architecture: Sendable {
  /// One entry of upstream's list of layers.
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

  /// The convolutions that make the raw outputs.
  package struct Head: Sendable {
    /// The layers whose outputs the levels read, by index.
    package var sources: [Int]
    /// One 1x1 convolution per level, to `anchors · (5 + classes)` channels.
    package var convolutions: [Convolution]
    /// The number of classes.
    package var classCount: Int
    /// Width and height of each anchor in cells of its level, `[level][anchor][2]`.
    package var gridAnchors: [[[Float]]]
    /// Input pixels per cell of each level, where the checkpoint says so.
    package var recordedStrides: [Int]?
    /// Whether the file also holds `anchor_grid`, as before v6.0; its numbers are never used.
    package var hasAnchorGrid = false

    /// A head with one convolution per level, for inputs of the given channels.
    package init(
      sources: [Int], channels: [Int], classCount: Int, gridAnchors: [[[Float]]]
    ) {
      self.sources = sources
      self.classCount = classCount
      self.gridAnchors = gridAnchors
      convolutions = zip(channels, gridAnchors).map { channels, anchors in
        Convolution(channels, anchors.count * (5 + classCount), hasBias: true)
      }
    }
  }

  /// The layers in order, without the head.
  package var layers: [Layer]
  /// The head, which comes last.
  package var head: Head

  /// A network of the given layers and head.
  package init(layers: [Layer], head: Head) {
    self.layers = layers
    self.head = head
  }

  /// The place of a layer in the model.
  package static func path(_ index: Int) -> String { "model.\(index)" }

  /// Appends all nodes and returns the raw outputs of the levels.
  package func build(
    in network: inout NetworkBuilder, from picture: ValueID
  ) throws(FamilyError) -> [ValueID] {
    var values: [ValueID] = []
    func value(_ index: Int) -> ValueID { index < 0 ? picture : values[index] }
    for (index, layer) in layers.enumerated() {
      values.append(
        try layer.block.build(
          in: &network, from: layer.sources.map(value), path: Self.path(index)))
    }
    var outputs: [ValueID] = []
    for (level, convolution) in head.convolutions.enumerated() {
      outputs.append(
        try convolution.build(
          in: &network, from: value(head.sources[level]),
          path: "\(Self.path(layers.count)).m.\(level)"))
    }
    return outputs
  }
}
