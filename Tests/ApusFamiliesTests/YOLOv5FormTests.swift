import ApusBoxes
import ApusCheckpoints
import ApusFamilies
import ApusGraph
import ApusTensor
import ApusTestSupport
import Testing

/// The forms of a network against upstream's outputs.
@Suite("YOLOv5 forms", .enabled(if: Shared.isPresent, "\(Shared.absence)"))
struct YOLOv5FormTests {
  static let cases = YOLOv5CheckpointTests.cases.map(\.name)

  static func open(_ name: String) throws -> (DetectorNetwork, SafetensorsFixture) {
    let folder = "data/vectors/arch/yolov5/\(name)"
    let checkpoint = try YOLOv5CheckpointTests.open(folder + ".stripped.pt")
    return (
      try DetectorCheckpoint(checkpoint).network, try SafetensorsFixture(folder + ".safetensors")
    )
  }

  @Test(arguments: cases)
  func trainingEqualsUpstream(_ name: String) throws {
    let (network, vectors) = try Self.open(name)
    let picture = try vectors("input_train")
    let heads = try NetworkRun(network, .training, on: picture).heads()
    for (level, head) in heads.enumerated() {
      let found = (0..<head.shape[0]).flatMap {
        YOLOv5CheckpointTests.anchorsLast(head, width: 8, image: $0)
      }
      let expected = try vectors.floats("train.head\(level)")
      #expect(YOLOv5CheckpointTests.difference(found, expected, .training) == nil, "level \(level)")
    }
    for entry in vectors.entries.keys.sorted() where entry.hasSuffix(".running_var") {
      let module = String(entry.dropFirst("train.bn.".count).dropLast(".running_var".count))
      let (mean, variance) = try NetworkRun.statistics(network, of: module, on: picture)
      let expectedMean = try vectors.floats("train.bn.\(module).running_mean")
      #expect(YOLOv5CheckpointTests.difference(mean, expectedMean, .training) == nil)
      #expect(
        YOLOv5CheckpointTests.difference(variance, try vectors.floats(entry), .training) == nil)
    }
  }

  @Test(arguments: cases)
  func fusedEqualsUpstream(_ name: String) throws {
    let (network, vectors) = try Self.open(name)
    let run = try NetworkRun(network, .inference, on: try vectors("input"), fused: true)
    let decoder = try AnchorDecode(card: try network.graph(input: .square(64)).card)
    let rows = try decoder.rows(heads: try run.heads())
    let expected = try vectors.floats("fused.decoded")
    #expect(YOLOv5CheckpointTests.difference(rows, expected, .decoded) == nil)
  }

  @Test func layersEqualUpstream() throws {
    let (network, vectors) = try Self.open("y5n_p5")
    for entry in vectors.entries.keys.sorted() where entry.hasPrefix("eval.layer") {
      let index = try #require(Int(entry.dropFirst("eval.layer".count)))
      // The last node of a layer carries the output.
      let graph = try network.graph(input: .square(64))
      let last = try #require(graph.nodes.last { $0.name.hasPrefix("model.\(index).") })
      let name = graph[last.outputs[0]].name
      let run = try NetworkRun(network, .inference, on: try vectors("input"), keeping: [name])
      #expect(
        YOLOv5CheckpointTests.difference(
          try run[name].floats, try vectors.floats(entry), .heads) == nil, "layer \(index)")
    }
  }
}

extension Tolerance {
  /// Outputs normalised by the statistics of a batch of few cells, which magnifies rounding layer by layer:
  /// upstream's binary32 runs lie up to 2e-4 from a binary64 run. Goldens in binary64 hold the tight bound.
  static let training = close(relative: 1e-5, absolute: 3e-4)
}
