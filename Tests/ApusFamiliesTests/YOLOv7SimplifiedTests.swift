import ApusBoxes
import ApusFamilies
import ApusGraph
import ApusPasses
import ApusTensor
import ApusTestSupport
import Testing

/// The deployed form follows from the graph alone: no layer is looked up by its index.
@Suite("YOLOv7 simplified", .serialized)
struct YOLOv7SimplifiedTests {
  struct Size: CustomTestStringConvertible, Sendable {
    let name: String
    /// Parameters of upstream's deployed network after `fuse()`.
    let parameters: Int
    /// Twice the multiply-accumulates of all convolutions in 10^9, rounded to three digits, for 640 pixels.
    let operations: Double
    var testDescription: String { name }
  }

  static let sizes = [
    Size(name: "yolov7-tiny", parameters: 6_219_709, operations: 13.701),
    Size(name: "yolov7-tiny-silu", parameters: 6_219_709, operations: 13.701),
    Size(name: "yolov7", parameters: 36_905_341, operations: 104.511),
    Size(name: "yolov7x", parameters: 71_311_741, operations: 189.674),
    Size(name: "yolov7-w6", parameters: 70_394_300, operations: 89.929),
    Size(name: "yolov7-e6", parameters: 97_202_940, operations: 128.606),
    Size(name: "yolov7-d6", parameters: 133_757_052, operations: 175.435),
    Size(name: "yolov7-e6e", parameters: 151_687_420, operations: 210.546),
  ]

  /// A new network for training, simplified, is the deployed one to the unit.
  @Test(arguments: sizes)
  func parametersEqualUpstream(_ size: Size) throws {
    var graph = try FamilyCatalogue.create(size.name, classNames: .coco80)
      .graph(input: .square(640))
    _ = try Pipeline.simplify.run(on: &graph)
    let convolutions = graph.nodes.filter { $0.op.kind.name == "Conv" }
    #expect(Self.parameters(of: graph) == size.parameters)
    let products = convolutions.reduce(0) {
      $0
        + $1.op.multiplyAccumulates(
          inputs: graph.inputFacts(of: $1), outputs: graph.outputFacts(of: $1))
    }
    #expect((Double(2 * products) / 1e6).rounded() / 1e3 == size.operations)
    #expect(Self.leftOver(in: graph) == [])
  }

  @Test(
    .enabled(if: Shared.isPresent, "\(Shared.absence)"), arguments: YOLOv7Vectors.all)
  func fusedEqualsUpstream(_ vectors: YOLOv7Vectors) throws {
    let fixture = try vectors.fixture()
    let input = try fixture.tensor("input")
    var graph = try vectors.network().graph(input: .fitting(input))
    _ = try Pipeline.simplify.run(on: &graph)
    #expect(Self.leftOver(in: graph) == [])
    let heads = try run(graph, input)
    let decoder = try YOLOv5Decode(card: graph.card)
    #expect(
      YOLOv5CheckpointTests.difference(
        try decoder.rows(heads: heads), try fixture.floats("fused.decoded"), .decoded) == nil)
    try vectors.expectHeads(heads, equal: "eval.head", of: fixture)
  }

  /// Numbers in weights and biases of convolutions.
  static func parameters(of graph: Graph) -> Int {
    graph.nodes.filter { $0.op.kind.name == "Conv" }.flatMap { $0.inputs.dropFirst() }
      .compactMap { $0.flatMap { graph[$0].constant?.count } }.reduce(0, +)
  }

  /// Nodes that only training has: normalisations, sums with constants, convolutions of branches, slices.
  static func leftOver(in graph: Graph) -> [String] {
    graph.nodes.filter { node in
      switch node.op.kind.name {
      case "BatchNormalization", "Slice": true
      case "Add", "Mul": node.inputs.contains { $0.flatMap { graph[$0].constant } != nil }
      default: node.name.contains("rbr_1x1") || node.name.contains(".m2.")
      }
    }.map(\.name)
  }
}
