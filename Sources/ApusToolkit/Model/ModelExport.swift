import ApusGraph
import ApusONNX
import ApusPasses
import Foundation

extension Model {
  /// Writes the model's graph as it is.
  ///
  /// - Parameter opset: the operator set; the graph's own where nil.
  /// - Throws: `ApusError` where the target is the model's own file or cannot be written.
  public func writeONNX(to path: String, opset: Int? = nil) throws(ApusError) {
    _ = try ModelExport.write(graph, from: self.path, to: path, opset: opset ?? graph.opset)
  }
}

/// Writing a model as ONNX.
public struct ModelExport: Sendable, Encodable, CustomStringConvertible {
  /// The file that was written.
  public let file: String
  /// The operator set.
  public let opset: Int
  /// Inputs, in order.
  public let inputs: [ModelInspection.Port]
  /// Outputs, in order.
  public let outputs: [ModelInspection.Port]
  /// The number of nodes.
  public let nodes: Int

  /// Simplifies a model and writes it.
  ///
  /// - Throws: `ApusError` where the file exists as the model itself, cannot be written, or an operator does
  ///   not exist in the operator set.
  public static func onnx(
    _ model: Model, to path: String, opset: Int
  ) throws(ApusError) -> ModelExport {
    var graph = model.graph
    do {
      _ = try Pipeline.simplify.run(on: &graph)
    } catch {
      throw .failure("'\(model.path)': \(error)")
    }
    return try write(graph, from: model.path, to: path, opset: opset)
  }

  /// Writes a graph that was made of the file at `source`.
  static func write(
    _ graph: Graph, from source: String, to path: String, opset: Int
  ) throws(ApusError) -> ModelExport {
    let target = URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath()
    let origin = URL(fileURLWithPath: source).standardizedFileURL.resolvingSymlinksInPath()
    guard target != origin else {
      throw .usage("'\(path)' is the model itself and would be overwritten; name another file")
    }
    do {
      try ONNXWriter.write(graph, options: ONNXWriteOptions(opset: opset), to: target)
    } catch {
      throw .failure("\(error)")
    }
    return ModelExport(
      file: path, opset: opset, inputs: graph.inputs.map { .init(graph[$0]) },
      outputs: graph.outputs.map { .init(graph[$0]) }, nodes: graph.nodes.count)
  }

  /// File, inputs and outputs.
  public var description: String {
    var lines = ["\(file): ONNX operator set \(opset), \(nodes) nodes"]
    lines += inputs.map { "  input   \($0.text)" }
    lines += outputs.map { "  output  \($0.text)" }
    return lines.joined(separator: "\n")
  }
}
