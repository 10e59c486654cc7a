package import ApusGraph
import ApusTensor

/// One of the values a network gives, before it is decoded.
package struct RawOutput: Sendable {
  /// The value.
  package var value: ValueID
  /// What its numbers are.
  package var content: ModelCard.Head.Content
  /// The level of the head, finest first.
  package var level: Int
  /// What tells it from other outputs of its level, such as `boxes`; empty where it is the only one.
  package var part = ""
  /// Steps of a distance's distribution, where there are distances.
  package var bins: Int?
  /// Where in its cell the point lies from which distances are measured.
  package var cellOffset: Float?
  /// What the steps of a distribution stand for, in cells; nil for the numbers from 0.
  package var binValues: [Float]?
  /// The branch that only training uses, such as `aux`; empty for the branch that is kept.
  package var branch = ""

  /// An output of a level.
  package init(
    _ value: ValueID, _ content: ModelCard.Head.Content, level: Int, part: String = "",
    bins: Int? = nil, cellOffset: Float? = nil, binValues: [Float]? = nil, branch: String = ""
  ) {
    self.value = value
    self.content = content
    self.level = level
    self.part = part
    self.bins = bins
    self.cellOffset = cellOffset
    self.binValues = binValues
    self.branch = branch
  }
}

/// A network of a family as a plain value: read from a checkpoint, or written down in a table.
///
/// The same value builds the graph for training and the one for inference, an outline of either, and new weights.
package protocol Architecture: Sendable {
  /// The number of classes.
  var classCount: Int { get }
  /// The channels of the picture.
  var inputChannels: Int { get }
  /// The number of levels of the head.
  var levelCount: Int { get }
  /// Input pixels per cell of each level, where upstream states them; else they follow from the layers.
  var statedStrides: [Int]? { get }
  /// Height and width of an input that every level divides; a network for one size alone gives that.
  var outlineSide: Int { get }
  /// What height and width of an input must be multiples of; nil for the largest stride.
  var sideMultiple: Int? { get }
  /// The class of each layer, in order, for people.
  var layerClasses: [String] { get }
  /// Anchors in cells, `[level][anchor][2]`; empty for families without.
  var gridAnchors: [[[Float]]] { get }

  /// Appends all nodes.
  ///
  /// Builds the branches that only training uses in the training form alone; in the form for inference it skips
  /// them and their weights.
  func build(
    in network: inout NetworkBuilder, from picture: ValueID
  ) throws(FamilyError) -> [RawOutput]

  /// Fills what the family knows of preprocessing, thresholds and suppression into a card.
  func describe(_ card: inout ModelCard)
}

extension Architecture {
  package var inputChannels: Int { 3 }
  package var statedStrides: [Int]? { nil }
  package var outlineSide: Int { 1024 }
  package var sideMultiple: Int? { nil }
  package var gridAnchors: [[[Float]]] { [] }
  package func describe(_ card: inout ModelCard) {}
}

/// What a network takes and gives, without its numbers.
package struct NetworkOutline: Sendable {
  /// The tensors of the state, in order.
  package let entries: [StateEntry]
  /// Input pixels per cell of each level.
  package let strides: [Int]

  /// Builds the network without numbers for a large picture: the strides follow from the shapes of its outputs.
  package init(
    _ architecture: any Architecture, form: NetworkForm = .training
  ) throws(FamilyError) {
    let side = architecture.outlineSide
    var network = NetworkBuilder(graph: Graph(), form: form, weights: .outline)
    let picture = network.addInput(
      "images", [1, .fixed(architecture.inputChannels), .fixed(side), .fixed(side)])
    var strides: [Int?] = Array(repeating: nil, count: architecture.levelCount)
    for output in try architecture.build(in: &network, from: picture) {
      let fact = network.graph[output.value].fact
      guard let shape = fact.fixedShape, shape.rank == 4, shape[2] > 0, shape[2] == shape[3],
        side % shape[2] == 0, strides.indices.contains(output.level)
      else {
        throw FamilyError(
          .graph, at: "level \(output.level)",
          "a picture of \(side)x\(side) gives \(fact), expected a square grid whose side divides "
            + "\(side)")
      }
      let stride = side / shape[2]
      guard strides[output.level] == nil || strides[output.level] == stride else {
        throw FamilyError(
          .graph, at: "level \(output.level)", "its outputs have grids of different sizes")
      }
      strides[output.level] = stride
    }
    entries = network.entries
    self.strides = strides.compactMap(\.self)
    guard self.strides.count == strides.count else {
      throw FamilyError(
        .graph, "gives outputs for \(self.strides.count) of \(strides.count) levels")
    }
    if let stated = architecture.statedStrides, stated != self.strides {
      throw FamilyError(
        .badRecord, at: "stride", "is \(stated), but the layers give \(self.strides)")
    }
  }
}
