import ApusBoxes
import ApusCheckpoints
import ApusFamilies
import ApusGraph
import ApusOperators
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
    /// Twice the multiply-accumulates of convolutions in 10⁹ for 640 pixels: of the form for training, and of the
    /// deployed network after `fuse()`.
    let gflops: (training: Double, fused: Double)
    var testDescription: String { name }
  }

  static let sizes = [
    Size(name: "yolov7-tiny", parameters: 6_219_709, gflops: (13.701, 13.701)),
    Size(name: "yolov7-tiny-silu", parameters: 6_219_709, gflops: (13.701, 13.701)),
    Size(name: "yolov7", parameters: 36_905_341, gflops: (105.769, 104.511)),
    Size(name: "yolov7x", parameters: 71_311_741, gflops: (189.674, 189.674)),
    Size(name: "yolov7-w6", parameters: 70_394_300, gflops: (105.028, 89.929)),
    Size(name: "yolov7-e6", parameters: 97_202_940, gflops: (147.023, 128.606)),
    Size(name: "yolov7-d6", parameters: 133_757_052, gflops: (201.516, 175.435)),
    Size(name: "yolov7-e6e", parameters: 151_687_420, gflops: (228.963, 210.546)),
  ]

  /// A new network, simplified, is the deployed one to the unit, whether or not it had parts for training.
  @Test(arguments: sizes, [false, true])
  func simplifiedEqualsUpstream(_ size: Size, deployed: Bool) throws {
    var graph = try NetworkMeasures.network(size.name, .fresh(seed: 1), deployed: deployed)
      .graph(input: .square(640))
    _ = try Pipeline.simplify.run(on: &graph)
    #expect(NetworkMeasures.convolutionParameters(graph) == size.parameters)
    let gflops = Double(2 * NetworkMeasures.convolutionMACs(graph)) / 1e9
    #expect(abs(gflops - size.gflops.fused) < 0.000_501)
    #expect(Self.leftOver(in: graph) == [])
  }

  @Test(arguments: sizes)
  func operationsInTrainingEqualUpstream(_ size: Size) throws {
    let found = try NetworkMeasures.convolutionGFLOPs(size.name, .training, side: 640)
    #expect(abs(found - size.gflops.training) < 0.000_501)
  }

  @Test(arguments: [
    ("yolov7-w6", 359.7), ("yolov7-e6", 514.4), ("yolov7-d6", 701.7), ("yolov7-e6e", 842.2),
  ])
  func operationsAtFullSizeEqualUpstream(_ name: String, gflops: Double) throws {
    let found = try NetworkMeasures.convolutionGFLOPs(name, .inference, side: 1280)
    #expect(abs(found - gflops) < 0.0501)
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
    let decoder = try AnchorDecode(card: graph.card)
    #expect(
      YOLOv5CheckpointTests.difference(
        try decoder.rows(heads: heads), try fixture.floats("fused.decoded"), .decoded) == nil)
    try vectors.expectHeads(heads, equal: "eval.head", of: fixture)
  }

  /// Implicit knowledge and branches end in the weights that upstream's `fuse()` gives.
  @Test(
    .enabled(if: Shared.isPresent, "\(Shared.absence)"), arguments: YOLOv7Vectors.all)
  func foldedWeightsEqualUpstream(_ vectors: YOLOv7Vectors) throws {
    let fixture = try vectors.fixture()
    var graph = try vectors.network().graph(input: .square(128))
    _ = try Pipeline.simplify.run(on: &graph)
    let folded = graph.nodes.filter { $0.op is Conv }.map { node in
      node.inputs.dropFirst().map { $0.flatMap { graph[$0].constant?.floats } ?? [] }
    }
    let ending = ".weight"
    let names = fixture.entries.keys.filter { $0.hasPrefix("fused.w.") && $0.hasSuffix(ending) }
    #expect(names.count >= vectors.strides.count)
    for name in names {
      let weight = try fixture.floats(name)
      let bias = try fixture.floats(String(name.dropLast(ending.count)) + ".bias")
      let isThere = folded.contains {
        YOLOv5CheckpointTests.difference($0[0], weight, .heads) == nil
          && YOLOv5CheckpointTests.difference($0[1], bias, .heads) == nil
      }
      #expect(isThere, "no convolution has the numbers of \(name)")
    }
  }

  /// A `RepConv` that was deployed gives what its branches gave.
  @Test(.enabled(if: Shared.isPresent, "\(Shared.absence)"))
  func aDeployedRepConvEqualsItsBranches() throws {
    let vectors = try #require(YOLOv7Vectors.all.first { $0.name == "y7" })
    let fixture = try vectors.fixture()
    let network = try vectors.network()
    let architecture = try #require(network.architecture as? LayeredArchitecture)
    let path = "model.102"
    let branches = try #require(architecture.body.layers[102].block as? RepConvolution)
    var merged = branches
    merged.body = .merged(Convolution(8, 16, kernel: 3, hasBias: true))
    let names = ["\(path).rbr_reparam.weight", "\(path).rbr_reparam.bias"]
    let state = WeightState(
      try names.map { NamedTensor(name: $0, tensor: try fixture.tensor("fused.w.\($0)")) })
    let input = try fixture.tensor("input").floats
    let picture = Tensor(Array(input.prefix(8 * 12 * 10)), shape: [1, 8, 12, 10])
    var results: [[Float]] = []
    for (block, weights) in [(branches, network.weights), (merged, .state(state))] {
      var builder = NetworkBuilder(graph: Graph(), form: .inference, weights: weights)
      let x = builder.addInput("x", [1, 8, 12, 10])
      let y = try block.build(in: &builder, from: x, path: path)
      _ = builder.addOutput(y, name: "y")
      results.append(try run(builder.graph, picture)[0].floats)
    }
    #expect(YOLOv5CheckpointTests.difference(results[1], results[0], .heads) == nil)
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
