import ApusCheckpoints
import ApusGraph
import ApusImage
import ApusInterpreter
import ApusONNX
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

/// Official exports, with the quirks they have.
@Suite(.enabled(if: Shared.isPresent, "\(Shared.absence)"))
struct RealModelTests {
  static let paths = ["models/yolov5/yolov5n.onnx", "models/yolov10/yolov10n.onnx"]

  private static func read(_ path: String) throws -> Graph {
    try ONNXReader.read(contentsOf: Shared.file(path))
  }

  @Test(arguments: paths)
  func everyShapeIsKnown(_ path: String) throws {
    let graph = try Self.read(path)
    try graph.verify()
    let foreign = graph.nodes.filter { $0.op is ForeignOperator }.map { "\($0.op.kind)" }
    #expect(foreign == [])
    for value in graph.allValues {
      #expect(value.fact.dtype != nil && value.fact.fixedShape != nil, "\(value.name)")
    }
  }

  @Test func yolov5IsHalfPrecisionInside() throws {
    let graph = try Self.read(Self.paths[0])
    #expect(graph.opset == 12 && graph.nodes.count == 305)
    #expect(graph.constants.filter { $0.fact.dtype == .float16 }.count == 122)
    #expect(graph[graph.inputs[0]].fact == Fact(.float32, [1, 3, 640, 640] as Shape))
    #expect(graph[graph.outputs[0]].fact.shape == [1, 25200, 85])
    #expect(graph.card.classNames.count == 80 && graph.card.classNames[79] == "toothbrush")
    #expect(graph.card.strides == [8, 16, 32])
  }

  @Test func yolov10EndsInDetections() throws {
    let graph = try Self.read(Self.paths[1])
    #expect(graph.opset == 13 && graph.nodes.count == 473)
    #expect(graph[graph.outputs[0]].fact.shape == [1, 300, 6])
  }

  @Test(arguments: paths)
  func isTheSameWhenWrittenAndReadAgain(_ path: String) throws {
    let graph = try Self.read(path)
    let bytes = try ONNXWriter.bytes(of: graph)
    try Self.save(bytes, path, opset: graph.opset)
    #expect(GraphDifference.first(graph, try ONNXReader.read(bytes)) == nil)
  }

  /// Puts a written model where `APUS_ONNX_WRITTEN` says, for onnxruntime to run.
  private static func save(_ bytes: [UInt8], _ path: String, opset: Int) throws {
    guard let folder = ProcessInfo.processInfo.environment["APUS_ONNX_WRITTEN"], !folder.isEmpty
    else { return }
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    try Data(bytes).write(
      to: URL(fileURLWithPath: folder).appendingPathComponent("\(name)-opset\(opset).onnx"))
  }

  @Test(arguments: [11, 13, 16, 17, 22])
  func yolov5IsWrittenInOtherOperatorSets(_ opset: Int) throws {
    let graph = try Self.read(Self.paths[0])
    let bytes = try ONNXWriter.bytes(of: graph, options: ONNXWriteOptions(opset: opset))
    try Self.save(bytes, Self.paths[0], opset: opset)
    let again = try ONNXReader.read(bytes)
    #expect(again.opset == opset && again.nodes.count == graph.nodes.count)
    #expect(again[again.outputs[0]].fact == graph[graph.outputs[0]].fact)
  }

  /// bus.jpg, letterboxed: `[1, 3, 640, 640]`, RGB, 0 to 1.
  private static func bus() throws -> Tensor {
    let path = "data/expected/inputs/bus_yolo_letterbox_640x640.png"
    let image = try ImageDecoder().decode(Shared.bytes(path), name: path)
    let area = image.width * image.height
    var values = [Float](repeating: 0, count: 3 * area)
    for place in 0..<area {
      for channel in 0..<3 {
        values[channel * area + place] = Float(image.pixels[place * 3 + channel]) / 255
      }
    }
    return Tensor(values, shape: [1, 3, image.height, image.width])
  }

  private static func expected(_ path: String) throws -> SafetensorsFile {
    try SafetensorsFile(path: Shared.file("data/expected/\(path)").path)
  }

  @Test func yolov5EqualsUpstreamOnAPhotograph() throws {
    let graph = try Self.read(Self.paths[0])
    let output = try Interpreter(graph).run(["images": Self.bus()])[0]
    let file = try Self.expected("yolov5n_onnx/decoded_bus.safetensors")
    let rows = try #require(file["row_index"]).integers
    let numbers = try #require(file["rows_as_is_fp16_graph"]).doubles
    let found = output.doubles
    for (index, row) in rows.enumerated() {
      for column in 0..<85 {
        let (a, b) = (found[Int(row) * 85 + column], numbers[index * 85 + column])
        #expect(
          Tolerance.halfPrecision.accepts(a, b), "row \(row), column \(column): \(a), not \(b)")
      }
    }
  }

  @Test func yolov10EqualsUpstreamOnAPhotograph() throws {
    let graph = try Self.read(Self.paths[1])
    let output = try Interpreter(graph).run(["images": Self.bus()])[0]
    let file = try Self.expected("yolov10n_onnx/raw_heads_bus.safetensors")
    let numbers = try #require(file["output0"]).doubles
    let found = output.doubles
    // Below this score the order of equal candidates is not defined.
    for row in 0..<300 where numbers[row * 6 + 4] > 0.05 {
      for column in 0..<6 {
        let (a, b) = (found[row * 6 + column], numbers[row * 6 + column])
        #expect(Tolerance.reordered.accepts(a, b), "row \(row), column \(column): \(a), not \(b)")
      }
    }
  }
}
