package import ApusGraph

/// The last layer of a layered network: what makes its raw outputs.
package protocol DetectionHead: Sendable {
  /// The layers whose outputs the levels read, by index.
  var sources: [Int] { get }
  /// Those of `sources` that the head reads in a form.
  func sources(in form: NetworkForm) -> [Int]
  /// The number of classes.
  var classCount: Int { get }
  /// The number of levels.
  var levelCount: Int { get }
  /// Input pixels per cell of each level, where a record says so.
  var statedStrides: [Int]? { get }
  /// The class of the module, for people.
  var className: String { get }
  /// Anchors in cells, `[level][anchor][2]`; empty for heads without.
  var gridAnchors: [[[Float]]] { get }

  /// Appends the nodes of the head.
  ///
  /// - Parameters:
  ///   - inputs: the values of `sources(in:)` of the network's form, in order.
  ///   - path: where the head lies in the model, such as `model.24`.
  func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> [RawOutput]

  /// Fills what the head knows of thresholds and suppression into a card.
  func describe(_ card: inout ModelCard)
}

extension DetectionHead {
  package func sources(in form: NetworkForm) -> [Int] { sources }
}

/// Layers and a head: YOLOv5, YOLOv7 and YOLOv10.
package struct LayeredArchitecture: Architecture {
  /// The layers without the head.
  package var body: LayerList
  /// The head, which comes last.
  package var head: any DetectionHead

  /// A network of the given layers and head.
  package init(_ body: LayerList, head: any DetectionHead) {
    self.body = body
    self.head = head
  }

  package var classCount: Int { head.classCount }
  package var levelCount: Int { head.levelCount }
  package var statedStrides: [Int]? { head.statedStrides }
  package var gridAnchors: [[[Float]]] { head.gridAnchors }
  package var layerClasses: [String] { body.layers.map(\.className) + [head.className] }

  /// What the first layer reads.
  package var inputChannels: Int { body.layers.first?.block.inputChannels ?? 3 }

  /// Attention relates every pixel of its map to every other, which no large picture allows.
  package var outlineSide: Int {
    body.layers.contains { $0.block is PartialAttention } ? 1024 : 4096
  }

  package func build(
    in network: inout NetworkBuilder, from picture: ValueID
  ) throws(FamilyError) -> [RawOutput] {
    let sources = head.sources(in: network.form)
    let values = try body.build(
      in: &network, from: picture, reaching: network.form.hasAllBranches ? nil : sources)
    return try head.build(
      in: &network, from: sources.compactMap { $0 < 0 ? picture : values[$0] },
      path: LayerList.path(body.layers.count))
  }

  package func describe(_ card: inout ModelCard) { head.describe(&card) }
}
