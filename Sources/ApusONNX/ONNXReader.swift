public import ApusGraph
public import Foundation
import SwiftProtobuf

/// Reads ONNX models.
///
/// Nodes may be listed in any order; operators Apus does not know are kept under their names.
/// Nothing a file says is trusted: sizes are checked before memory is taken, and other files are
/// read only inside the model's own folder.
public enum ONNXReader {
  /// Reads a model file.
  ///
  /// - Throws: `ONNXError` with file, place, what was expected, and what to do.
  public static func read(
    contentsOf url: URL, limits: ONNXLimits = ONNXLimits()
  ) throws(ONNXError) -> Graph {
    let name = url.lastPathComponent
    do throws(ONNXError) {
      let bytes = try readFile(url, limits: limits)
      return try graph(of: bytes, folder: url.deletingLastPathComponent(), limits: limits)
    } catch {
      throw error.inFile(name)
    }
  }

  /// Reads a model from memory.
  ///
  /// - Parameters:
  ///   - name: what errors call the model.
  ///   - folder: where files with external data lie; without it, a model that has such files is
  ///     refused.
  public static func read(
    _ bytes: [UInt8], name: String? = nil, folder: URL? = nil, limits: ONNXLimits = ONNXLimits()
  ) throws(ONNXError) -> Graph {
    do throws(ONNXError) {
      return try graph(of: bytes, folder: folder, limits: limits)
    } catch {
      throw error.inFile(name)
    }
  }

  private static func graph(
    of bytes: [UInt8], folder: URL?, limits: ONNXLimits
  ) throws(ONNXError) -> Graph {
    let model = try parse(bytes, limits: limits)
    var importer = ModelImporter(
      tensors: TensorImporter(limits: limits, folder: folder), limits: limits)
    return try importer.graph(of: model)
  }

  private static func readFile(_ url: URL, limits: ONNXLimits) throws(ONNXError) -> [UInt8] {
    let attributes: [FileAttributeKey: Any]
    do {
      let path = url.resolvingSymlinksInPath().path
      attributes = try FileManager.default.attributesOfItem(atPath: path)
    } catch {
      throw ONNXError(.file, "cannot be opened", advice: "check that the path exists")
    }
    guard attributes[.type] as? FileAttributeType == .typeRegular else {
      throw ONNXError(.file, "is not a file", advice: "give the path of an .onnx file")
    }
    let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
    try checkSize(size, limits: limits)
    do {
      return [UInt8](try Data(contentsOf: url))
    } catch {
      throw ONNXError(.file, "cannot be read", advice: "check its permissions")
    }
  }

  private static func checkSize(_ size: Int, limits: ONNXLimits) throws(ONNXError) {
    if size > limits.fileBytes {
      throw ONNXError(
        .limit, "has \(size) bytes, but a model file may have at most \(limits.fileBytes)",
        advice: "save the model with external data")
    }
  }

  static func parse(_ bytes: [UInt8], limits: ONNXLimits) throws(ONNXError) -> ONNXModelProto {
    try checkSize(bytes.count, limits: limits)
    if bytes.isEmpty { throw ONNXError(.format, "is empty", advice: "copy or export it again") }
    var options = BinaryDecodingOptions()
    options.messageDepthLimit = limits.depth
    let model: ONNXModelProto
    do {
      model = try ONNXModelProto(serializedBytes: bytes, options: options)
    } catch BinaryDecodingError.messageDepthLimit {
      throw ONNXError(.limit, "has messages nested deeper than \(limits.depth)")
    } catch {
      let advice = "the file is cut off, damaged or no ONNX model: copy or export it again"
      guard let fault = WireScan.fault(in: bytes) else {
        throw ONNXError(.format, "a text in it is not valid UTF-8", advice: advice)
      }
      throw ONNXError(.format, fault.message, at: "byte \(fault.offset)", advice: advice)
    }
    guard model.hasGraph else {
      throw ONNXError(
        .format, "holds no graph", advice: "the file is no ONNX model, or cut off: export it again")
    }
    return model
  }
}
