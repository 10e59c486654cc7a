import ApusGraph
import ApusInterpreter
import ApusONNX
import ApusOperators
import ApusPasses
import ApusTensor
import Foundation

/// Builds small graphs in few words.
struct Net {
  var graph = Graph(name: "net")
  private var weightSeed: UInt64 = 100

  mutating func input(
    _ sizes: [ApusGraph.Dimension], _ dtype: DType = .float32, name: String = "x"
  ) -> ValueID { graph.addInput(name, Fact(dtype, sizes)) }

  mutating func constant(_ numbers: [Double], _ shape: Shape, _ dtype: DType = .float32) -> ValueID
  { graph.addConstant(Tensor(doubles: numbers, dtype: dtype, shape: shape)) }

  mutating func scalar(_ number: Double) -> ValueID { constant([number], []) }

  mutating func list(_ numbers: [Int64]) -> ValueID { graph.addConstant(Tensor(numbers)) }

  /// Random numbers from 0.25 to 1.25, so that they can be divided by and be variances.
  mutating func weights(_ shape: Shape) -> ValueID {
    weightSeed += 1
    let holder = try? RandomInputs(seed: weightSeed).tensors(for: Self.holder(shape))
    let numbers = holder?["w"]?.doubles.map { $0 + 0.25 } ?? []
    return constant(numbers, shape)
  }

  private static func holder(_ shape: Shape) -> Graph {
    var graph = Graph()
    graph.addInput("w", Fact(.float32, shape))
    return graph
  }

  mutating func add(_ op: any Operator, _ inputs: ValueID?...) throws -> ValueID {
    try graph.append(op, inputs, name: op.kind.name)
  }

  mutating func finish(_ outputs: ValueID...) -> Graph {
    graph.setOutputs(outputs)
    return graph
  }
}

/// A model file that lies beside the tests; `Tools/conformance/export_yolov5_like.py` makes them.
enum Fixture {
  static let names = [
    "v60", "v70", "computed", "focus", "three", "raw", "dfl", "topk", "nms", "branches",
  ]

  static func read(_ name: String) throws -> Graph {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    return try ONNXReader.read(
      contentsOf: folder.appendingPathComponent("Fixtures/\(name).onnx"))
  }
}

/// The interpreter as passes compare with it.
func interpret(_ graph: Graph, _ inputs: [String: Tensor]) throws -> [String: Tensor] {
  let tensors = try Interpreter(graph).run(inputs)
  return Dictionary(uniqueKeysWithValues: zip(graph.outputs.map { graph[$0].name }, tensors))
}

extension Graph {
  /// The operators' names, in order.
  var kinds: [String] { nodes.map(\.op.kind.name) }
}
