import ApusGraph
import ApusKernels
import ApusONNX
import ApusOperators
import ApusPlan
import ApusTensor
import ApusTestSupport
import ApusToolkit
import Foundation
import Testing

/// A network of convolutions with SiLU, a residual sum, a pooling and a joint, as a model file.
struct PlanNetwork: Sendable, CustomTestStringConvertible {
  let name: String
  /// Whether maps and weights are quantised.
  var isQuantised = false
  /// Whether the file leaves the size of pictures open.
  var isOpen = false
  var precision = Benchmark.Precision.fp32
  /// The number of output channels.
  var outputs = 24

  static let side = 24
  static let all = [
    PlanNetwork(name: "float"), PlanNetwork(name: "of open size", isOpen: true),
    PlanNetwork(name: "bf16", precision: .bf16),
    PlanNetwork(name: "quantised", isQuantised: true),
  ]

  var testDescription: String { name }

  /// A picture.
  static var picture: Tensor {
    var numbers = SeededGenerator(seed: 7)
    return Tensor(
      (0..<3 * side * side).map { _ in Float.random(in: 0...1, using: &numbers) },
      shape: [1, 3, side, side])
  }

  /// The bytes of the model file.
  func onnx() throws -> [UInt8] {
    var builder = Builder(isQuantised: isQuantised)
    let size: ApusGraph.Dimension = isOpen ? .symbol("size") : .fixed(Self.side)
    let image = builder.graph.addInput(
      "images", Fact(.float32, [.fixed(1), .fixed(3), size, size]))
    let stem = try builder.block(builder.stored(image, 1.0 / 255, 0), 3, 16, kernel: 3)
    let left = try builder.block(stem, 16, 16, kernel: 3)
    let sum = try builder.stored(builder.graph.append(Add(), [stem, left], name: "sum"), 0.03, 40)
    let window = Window(pads: [2, 2, 2, 2])
    let pooled = try builder.graph.append(
      MaxPool(Pooling(kernel: [5, 5], window: window)), [sum], name: "pool")
    let joined = try builder.graph.append(
      Concat(axis: 1), [sum, builder.stored(pooled, 0.03, 40)], name: "joint")
    let head = try builder.convolution(
      builder.stored(joined, 0.03, 40), 32, outputs, kernel: 1)
    builder.graph.setOutputs([try builder.stored(head, 0.05, 120)])
    return try ONNXWriter.bytes(of: builder.graph, options: ONNXWriteOptions(opset: 17))
  }

  /// Makes the parts.
  private struct Builder {
    var graph = Graph(name: "small", opset: 17)
    let isQuantised: Bool
    private var numbers = SeededGenerator(seed: 41)

    init(isQuantised: Bool) { self.isQuantised = isQuantised }

    /// A value as it is, or quantised and dequantised.
    mutating func stored(_ value: ValueID, _ scale: Float, _ zero: UInt8) throws -> ValueID {
      guard isQuantised else { return value }
      let scale = graph.addConstant(Tensor(scalar: scale))
      let zero = graph.addConstant(Tensor(scalar: zero))
      let elements = try graph.append(QuantizeLinear(), [value, scale, zero], name: "q")
      return try graph.append(DequantizeLinear(), [elements, scale, zero], name: "dq")
    }

    /// A convolution and SiLU.
    mutating func block(
      _ x: ValueID, _ from: Int, _ to: Int, kernel: Int
    ) throws -> ValueID {
      let sums = try stored(convolution(x, from, to, kernel: kernel), 0.04, 110)
      // As exporters write it.
      let sigmoid = try stored(graph.append(Sigmoid(), [sums], name: "sigmoid"), 1.0 / 255, 0)
      return try stored(graph.append(Mul(), [sums, sigmoid], name: "silu"), 0.03, 10)
    }

    mutating func convolution(
      _ x: ValueID, _ from: Int, _ to: Int, kernel: Int
    ) throws -> ValueID {
      let shape: Shape = [to, from, kernel, kernel]
      let limit = 2.4 / Float(from * kernel * kernel).squareRoot()
      let weights: ValueID
      if isQuantised {
        let elements = (0..<shape.count).map { _ in Int8.random(in: -127...127, using: &numbers) }
        weights = try graph.append(
          DequantizeLinear(axis: 0),
          [
            graph.addConstant(Tensor(elements, shape: shape)),
            graph.addConstant(Tensor((0..<to).map { limit / Float(127 + $0) })),
            graph.addConstant(Tensor([Int8](repeating: 0, count: to))),
          ], name: "weights")
      } else {
        weights = graph.addConstant(floats(shape, limit))
      }
      let pad = kernel / 2
      return try graph.append(
        Conv(Convolution(window: Window(pads: [pad, pad, pad, pad]))),
        [x, weights, graph.addConstant(floats([to], 0.2))], name: "conv")
    }

    private mutating func floats(_ shape: Shape, _ limit: Float) -> Tensor {
      Tensor(
        (0..<shape.count).map { _ in Float.random(in: -limit...limit, using: &numbers) },
        shape: shape)
    }
  }
}

/// A folder with plan files of small networks, removed with its last user.
final class PlanFolder {
  let folder = NSTemporaryDirectory() + "apus-plans-\(UUID().uuidString)/"

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Compiles a network for an instruction set, the best one where nil, and gives the file of the plan.
  func compile(
    _ network: PlanNetwork, for isa: ISA? = nil, isPortable: Bool = true, name: String = "m.apus"
  ) throws -> String {
    let model = folder + "m.onnx"
    try Data(network.onnx()).write(to: URL(fileURLWithPath: model))
    let size = network.isOpen ? (height: PlanNetwork.side, width: PlanNetwork.side) : nil
    let summary = try PlanModel.compile(
      path: model, to: folder + name, inputSize: size, precision: network.precision,
      isPortable: isPortable, environment: Self.environment(isa))
    precondition((summary.portableBytes > 0) == isPortable)
    return folder + name
  }

  /// Writes a plan file.
  func write(_ plan: Plan, _ section: (name: String, bytes: [UInt8])?) throws -> String {
    try write(PlanFile.bytes(of: plan, section: section))
  }

  /// Writes a file.
  func write(_ bytes: [UInt8]) throws -> String {
    let path = folder + "written.apus"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  static func environment(_ isa: ISA?) -> [String: String] {
    isa.map { [ISA.environmentVariable: $0.rawValue] } ?? [:]
  }
}
