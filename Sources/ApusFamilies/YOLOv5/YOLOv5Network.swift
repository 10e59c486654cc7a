import ApusGraph
import ApusTensor

/// Builds graphs of YOLOv5 networks.
package enum YOLOv5Network {
  /// The graph with raw outputs, and a card of what follows from the network alone.
  static func graph(
    _ architecture: YOLOv5Architecture, state: WeightState, strides: [Int], input: NetworkInput
  ) throws(FamilyError) -> Graph {
    var network = NetworkBuilder(graph: Graph(name: "YOLOv5"), state: state)
    let channels = channelCount(architecture)
    let picture = network.addInput(
      "images", [input.batch, .fixed(channels), input.height, input.width])
    let outputs = try architecture.build(in: &network, from: picture)
    var heads: [ModelCard.Head] = []
    for (output, stride) in zip(outputs, strides) {
      let name = network.addOutput(output, name: "stride\(stride)")
      heads.append(ModelCard.Head(output: name, content: .anchorGrid, stride: stride))
    }
    var graph = network.graph
    graph.card.family = "YOLOv5"
    graph.card.strides = strides
    graph.card.heads = heads
    return graph
  }

  /// The weights a network takes, and the input pixels per cell of each level.
  ///
  /// The strides follow from the shapes that a large picture gives; a record of them must agree.
  package static func outline(
    _ architecture: YOLOv5Architecture
  ) throws(FamilyError) -> (requirements: [WeightState.Requirement], strides: [Int]) {
    let side = 4096
    var network = NetworkBuilder(graph: Graph(), state: nil)
    let picture = network.addInput(
      "images", [1, .fixed(channelCount(architecture)), .fixed(side), .fixed(side)])
    var strides: [Int] = []
    for (level, output) in try architecture.build(in: &network, from: picture).enumerated() {
      let fact = network.graph[output].fact
      guard let shape = fact.fixedShape, shape.rank == 4, shape[2] > 0, shape[2] == shape[3],
        side % shape[2] == 0
      else {
        throw FamilyError(
          .graph, at: "level \(level)",
          "a picture of \(side)x\(side) gives \(fact), expected a square grid whose side divides "
            + "\(side)")
      }
      strides.append(side / shape[2])
    }
    if let recorded = architecture.head.recordedStrides, recorded != strides {
      throw FamilyError(
        .badRecord, at: "stride", "is \(recorded), but the layers give \(strides)")
    }
    return (network.requirements, strides)
  }

  /// The channels of the picture: what the first convolution reads.
  private static func channelCount(_ architecture: YOLOv5Architecture) -> Int {
    switch architecture.layers.first?.block {
    case let block as ConvolutionBlock: block.convolution.inputChannels
    case let block as Focus: block.block.convolution.inputChannels / 4
    default: 3
    }
  }
}
