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
  /// What the outputs hold; nil where that is not known.
  public let heads: ExportOptions.Heads?

  /// A file beside a model that stands for none yet, where the caller named none.
  ///
  /// - Throws: `ApusError` where the file exists: only what the caller names is replaced.
  public static func file(
    beside source: String, ending: String, option: String
  ) throws(ApusError) -> String {
    let path = (source as NSString).deletingPathExtension + ending
    try FilePath.checkTarget(path, source: source)
    guard !FileManager.default.fileExists(atPath: path) else {
      throw .failure("'\(path)': exists already; name it with \(option) to replace it")
    }
    return path
  }

  /// Refuses a file that cannot be written, before the work that would be lost.
  ///
  /// - Throws: `ApusError` naming the file.
  public static func checkTarget(_ path: String, of source: String) throws(ApusError) {
    try FilePath.checkTarget(path, source: source)
  }

  /// Writes a model as it is, weights under their names.
  ///
  /// - Throws: `ApusError` where the file exists as the model itself, cannot be written, or an operator does
  ///   not exist in the operator set.
  public static func write(
    _ model: Model, to path: String, opset: Int
  ) throws(ApusError) -> ModelExport {
    try write(model.graph, from: model.path, to: path, opset: opset)
  }

  /// Simplifies a model, appends what the options ask for, and writes it.
  ///
  /// - Throws: `ApusError` where the file exists as the model itself, cannot be written, the model's outputs are
  ///   not those the options start from, or an operator does not exist in the operator set.
  public static func onnx(
    _ model: Model, to path: String, options: ExportOptions = ExportOptions()
  ) throws(ApusError) -> ModelExport {
    try options.check(model)
    do {
      return try write(
        options.applied(to: model.graph), from: model.path, to: path, opset: options.opset)
    } catch let error as ApusError {
      throw error
    } catch {
      throw .failure("'\(model.path)': \(error)")
    }
  }

  /// Writes a graph that was made of the file at `source`.
  static func write(
    _ graph: Graph, from source: String, to path: String, opset: Int
  ) throws(ApusError) -> ModelExport {
    try FilePath.checkTarget(path, source: source)
    do {
      try ONNXWriter.write(
        graph, options: ONNXWriteOptions(opset: opset),
        to: URL(fileURLWithPath: FilePath.canonical(path)))
    } catch {
      let place = error.place.map { "\($0): " } ?? ""
      let advice = error.advice.map { "; \($0)" } ?? ""
      throw .failure("'\(path)': \(place)\(error.message)\(advice)")
    }
    return ModelExport(
      file: path, opset: opset, inputs: graph.inputs.map { .init(graph[$0]) },
      outputs: graph.outputs.map { .init(graph[$0]) }, nodes: graph.nodes.count,
      heads: ExportOptions.Heads(of: graph.card))
  }

  /// File, inputs and outputs.
  public var description: String {
    let heads = heads.map { ", \($0.rawValue) heads" } ?? ""
    var lines = ["\(file): ONNX operator set \(opset), \(nodes) nodes\(heads)"]
    lines += inputs.map { "  input   \($0.text)" }
    lines += outputs.map { "  output  \($0.text)" }
    return lines.joined(separator: "\n")
  }
}
