import ApusCheckpoints
import ApusGraph
import ApusOperators
import ApusPasses
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

/// A layer of an official checkpoint as it is trained, and what upstream makes of it for deployment.
struct TrainedLayer: Sendable, CustomTestStringConvertible {
  /// The checkpoint and the file of reference vectors, below `data/vectors/arch`.
  let checkpoint: String
  let vectors: String
  /// The prefix of upstream's merged weights.
  let merged: String
  let build: @Sendable (inout TrainedNet) throws -> Graph

  var testDescription: String { "\(vectors) \(merged)" }

  /// YOLOv7's RepConv, or RepVGG's block: 3x3 and 1x1, each with its normalisation.
  static func block(
    _ folder: String, _ vectors: String, _ checkpoint: String, _ state: String, _ merged: String,
    stride: Int, epsilon: Float
  ) -> Self {
    Self(
      checkpoint: "\(folder)/\(checkpoint)", vectors: "\(folder)/\(vectors)",
      merged: "\(merged).rbr_reparam"
    ) { net in
      let x = try net.input(of: "\(state).rbr_dense.0")
      let a = try net.branch(x, "\(state).rbr_dense", stride: stride, epsilon)
      let b = try net.branch(x, "\(state).rbr_1x1", stride: stride, epsilon)
      return net.net.finish(try net.net.add(Relu(), try net.net.add(Add(), a, b)))
    }
  }

  /// A head of YOLOv7 with implicit knowledge before and after its convolution.
  static func head(_ file: String, _ layer: Int, _ place: Int) -> Self {
    Self(
      checkpoint: "yolov7/\(file).stripped.pt", vectors: "yolov7/\(file)",
      merged: "fused.w.model.\(layer).m.\(place)"
    ) { net in
      let name = "model.\(layer)"
      let x = try net.net.add(Relu(), try net.input(of: "\(name).m.\(place)"))
      let y = try net.net.add(Add(), x, try net.constant("\(name).ia.\(place).implicit"))
      let z = try net.conv(y, "\(name).m.\(place)")
      return net.net.finish(
        try net.net.add(Mul(), try net.constant("\(name).im.\(place).implicit"), z))
    }
  }

  static let all =
    [
      block(
        "yolov7", "y7", "y7.stripped.pt", "model.102", "fused.w.model.102", stride: 1,
        epsilon: 1e-3),
      block(
        "yolov7", "y7_deploycfg", "y7_deploycfg.stripped.pt", "model.102", "fused.w.model.102",
        stride: 1, epsilon: 1e-3),
      block(
        "nanodet", "nd_repvgg_small", "nd_repvgg_small.ckpt", "model.backbone.stage0",
        "deploy.w.backbone.stage0", stride: 2, epsilon: 1e-5),
      block(
        "nanodet", "nd_repvgg_small", "nd_repvgg_small.ckpt", "model.backbone.stage1.0",
        "deploy.w.backbone.stage1.0", stride: 2, epsilon: 1e-5),
      Self(
        checkpoint: "yolov10/y10n.stripped.pt", vectors: "yolov10/y10n",
        merged: "fused.w.model.22.m.0.cv1.2.conv"
      ) { net in
        let name = "model.22.m.0.cv1.2"
        let x = try net.input(of: "\(name).conv.conv", groups: 128)
        let a = try net.branch(x, "\(name).conv", groups: 128, 1e-3, ["conv", "bn"])
        let b = try net.branch(x, "\(name).conv1", groups: 128, 1e-3, ["conv", "bn"])
        return net.net.finish(try net.net.add(Relu(), try net.net.add(Add(), a, b)))
      },
    ] + (0..<3).map { head("y7", 105, $0) } + (0..<3).map { head("y7_tiny", 77, $0) }
    + (0..<4).map { head("y7_w6_aux", 122, $0) }
}

/// Builds a graph from the tensors of a checkpoint.
struct TrainedNet {
  var net = Net()
  let state: [String: Tensor]

  init(_ path: String) throws {
    let checkpoint = try TorchCheckpoint(path: Shared.file("data/vectors/arch/\(path)").path)
    state = Dictionary(
      try checkpoint.stateDict().map { ($0.name, $0.tensor) }, uniquingKeysWith: { $1 })
  }

  private func tensor(_ name: String) throws -> Tensor {
    let tensor = try #require(state[name], "no tensor \(name)")
    return Tensor(doubles: tensor.doubles, dtype: .float32, shape: tensor.shape)
  }

  mutating func constant(_ name: String) throws -> ValueID {
    net.graph.addConstant(try tensor(name))
  }

  /// A small input of as many channels as a convolution reads.
  mutating func input(of conv: String, groups: Int = 1) throws -> ValueID {
    net.input([1, .fixed(try tensor("\(conv).weight").shape[1] * groups), 8, 8])
  }

  /// A convolution that keeps the size, but for its stride.
  mutating func conv(
    _ x: ValueID, _ name: String, stride: Int = 1, groups: Int = 1
  ) throws -> ValueID {
    let weights = try tensor("\(name).weight")
    let half = weights.shape[2] / 2
    let window = Window(strides: [stride, stride], pads: [half, half, half, half])
    let bias = state["\(name).bias"] == nil ? nil : try constant("\(name).bias")
    return try net.add(
      Conv(Convolution(window: window, groups: groups)), x, net.graph.addConstant(weights), bias)
  }

  mutating func normalisation(_ x: ValueID, _ name: String, _ epsilon: Float) throws -> ValueID {
    try net.add(
      BatchNormalization(epsilon: epsilon), x, constant("\(name).weight"),
      constant("\(name).bias"), constant("\(name).running_mean"), constant("\(name).running_var"))
  }

  /// A convolution and its normalisation.
  mutating func branch(
    _ x: ValueID, _ name: String, stride: Int = 1, groups: Int = 1, _ epsilon: Float,
    _ parts: [String] = ["0", "1"]
  ) throws -> ValueID {
    let y = try conv(x, "\(name).\(parts[0])", stride: stride, groups: groups)
    return try normalisation(y, "\(name).\(parts[1])", epsilon)
  }
}

@Suite(.enabled(if: Shared.isPresent, Comment(rawValue: Shared.absence)))
struct ReparameterisationTests {
  /// Simplifies a layer to one convolution, checks that it still computes the same, and returns it.
  private func convolution(of before: Graph) throws -> (weights: Tensor, bias: Tensor) {
    var after = before
    _ = try Pipeline.simplify.run(on: &after)
    #expect(after.kinds.filter { $0 != "Relu" } == ["Conv"])
    let differences = try Equality().differences(after, before, evaluate: interpret)
    #expect(differences.allSatisfy { $0.relative < 1e-6 }, "\(differences)")
    #expect(try Pipeline.simplify.run(on: &after).patchCount == 0)
    let node = try #require(after.nodes.first { $0.op is Conv })
    let constants = node.inputs.dropFirst().compactMap { $0 }.compactMap { after[$0].constant }
    try #require(constants.count == 2)
    return (constants[0], constants[1])
  }

  /// The largest distance over the largest number.
  private func gap(_ found: Tensor, _ expected: [Float]) -> Double {
    let pairs = zip(found.doubles, expected.map(Double.init))
    return (pairs.map { abs($0 - $1) }.max() ?? 0) / (expected.map { abs(Double($0)) }.max() ?? 0)
  }

  @Test(arguments: TrainedLayer.all) func equalsUpstreams(_ layer: TrainedLayer) throws {
    var net = try TrainedNet(layer.checkpoint)
    let (weights, bias) = try convolution(of: try layer.build(&net))
    let upstream = try SafetensorsFixture("data/vectors/arch/\(layer.vectors).safetensors")
    let expected = try (upstream("\(layer.merged).weight"), upstream("\(layer.merged).bias"))
    #expect(weights.shape.dimensions == expected.0.shape)
    #expect(bias.shape.dimensions == expected.1.shape)
    #expect(gap(weights, expected.0.floats) < 1e-5)
    #expect(gap(bias, expected.1.floats) < 1e-5)
  }

  @Test(arguments: ["stage2.1", "stage3.1"]) func threeBranchesBecomeOne(_ stage: String) throws {
    var net = try TrainedNet("nanodet/nd_repvgg_small.ckpt")
    let name = "model.backbone.\(stage)"
    let x = try net.input(of: "\(name).rbr_dense.0")
    let a = try net.branch(x, "\(name).rbr_dense", 1e-5)
    let b = try net.branch(x, "\(name).rbr_1x1", 1e-5)
    let c = try net.normalisation(x, "\(name).rbr_identity", 1e-5)
    let sum = try net.net.add(Add(), try net.net.add(Add(), a, b), c)
    let (weights, _) = try convolution(of: net.net.finish(try net.net.add(Relu(), sum)))
    #expect(weights.shape.dimensions.suffix(2) == [3, 3])
  }
}
