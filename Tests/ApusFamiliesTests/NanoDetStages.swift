import ApusCheckpoints
import ApusFamilies
import ApusGraph
import ApusInterpreter
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

/// A backbone or neck alone, built as a graph of its own.
struct StageGraph {
  var graph: Graph
  let entries: [StateEntry]

  /// Builds a stage for inputs of the given shapes; the maps are the outputs `map0`, `map1` and so on.
  init(
    _ stage: any FeatureStage, path: String, form: NetworkForm = .inference,
    weights: WeightSource = .outline, inputs shapes: [[ApusGraph.Dimension]]
  ) throws {
    var network = NetworkBuilder(graph: Graph(), form: form, weights: weights)
    let inputs = shapes.enumerated().map { network.addInput("input\($0)", $1) }
    for (index, map) in try stage.build(in: &network, from: inputs, path: path).enumerated() {
      _ = network.addOutput(map, name: "map\(index)")
    }
    graph = network.graph
    entries = network.entries
  }

  /// Builds a backbone for a picture of any size.
  init(
    backbone stage: any FeatureStage, form: NetworkForm = .inference,
    weights: WeightSource = .outline
  ) throws {
    try self.init(
      stage, path: "backbone", form: form, weights: weights, inputs: [[1, 3, 320, 320]])
  }

  /// Runs the graph and returns the outputs.
  func run(_ inputs: [SafetensorsFixture.Entry]) throws -> [Tensor] {
    var tensors: [String: Tensor] = [:]
    for (index, input) in inputs.enumerated() {
      tensors["input\(index)"] = Tensor(input.floats, shape: Shape(input.shape))
    }
    return try Interpreter(graph).run(tensors)
  }
}

extension WeightState {
  /// A state of zeros.
  init(zeros entries: [StateEntry]) {
    self.init(
      entries.map {
        NamedTensor(name: $0.name, tensor: Tensor(zeros: Shape($0.shape), dtype: $0.dtype))
      })
  }

  /// A reduced checkpoint of the vectors.
  init(vectors name: String) throws {
    let checkpoint = try YOLOv5CheckpointTests.open("data/vectors/arch/nanodet/\(name).ckpt")
    let state = try #require(checkpoint.root["state_dict"])
    self.init(
      NanoDet.state(
        try state.namedEntries.filter(\.value.isTensor).map {
          NamedTensor(name: $0.name, tensor: try $0.value.tensor())
        }))
  }

  /// The tensors of a golden.
  init(_ golden: SafetensorsFixture) {
    self.init(
      golden.entries.filter { $0.key.contains(".") }.map { name, entry in
        let tensor =
          entry.integers.isEmpty
          ? Tensor(entry.floats, shape: Shape(entry.shape))
          : Tensor(zeros: Shape(entry.shape), dtype: .int64)
        return NamedTensor(name: name, tensor: tensor)
      })
  }
}

extension SafetensorsFixture {
  /// A file that `Tools/goldens/nanodet.py` writes.
  init(nanodetGolden name: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Goldens/NanoDet")
    let data = try Data(contentsOf: folder.appendingPathComponent("\(name).safetensors"))
    try self.init(bytes: [UInt8](data), name: name)
  }
}
