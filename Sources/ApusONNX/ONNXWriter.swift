public import ApusGraph
public import Foundation
import SwiftProtobuf

/// How a model file is to be written.
public struct ONNXWriteOptions: Sendable {
  /// Where the elements of large constants go.
  public enum ExternalData: Sendable {
    /// Into the model file, unless it would grow beyond what the format allows.
    case whenNeeded
    /// Into one file beside the model.
    case always
  }

  /// The version of ONNX's operator set; the graph's own where nil.
  public var opset: Int?
  /// Where the elements of large constants go.
  public var externalData = ExternalData.whenNeeded

  /// The graph's own operator set, in one file where that is possible.
  public init(opset: Int? = nil, externalData: ExternalData = .whenNeeded) {
    self.opset = opset
    self.externalData = externalData
  }
}

/// Writes graphs as ONNX models that other runtimes load.
///
/// Operators that only Apus has are expanded, and every operator is written as the chosen operator
/// set has it; what the set lacks is refused, all of it, before anything is written.
public enum ONNXWriter {
  /// Constants below this many bytes stay in the model file.
  static let smallestExternal = 1024
  /// Above this many bytes of constants, the larger ones go into a file of their own: the format
  /// allows 2 GiB in all.
  static let largestEmbedded = 1_900_000_000

  /// Writes a model file; one that exists is replaced only when the new one is complete.
  ///
  /// - Throws: `ONNXError` that lists every node that cannot be written.
  public static func write(
    _ graph: Graph, options: ONNXWriteOptions = ONNXWriteOptions(), to url: URL
  ) throws(ONNXError) {
    let name = url.lastPathComponent
    do throws(ONNXError) {
      let exporter = try ModelExporter(graph, opset: options.opset)
      let isLarge = exporter.constantBytes > largestEmbedded
      if options.externalData == .always || isLarge {
        let data = ExternalDataWriter(model: url)
        try data.finish(model: try serialized(try data.write(exporter)))
      } else {
        try save(try serialized(exporter.model { TensorCoding.message($0, name: $1) }), to: url)
      }
    } catch {
      throw error.inFile(name)
    }
  }

  /// The bytes of a model file that holds everything.
  public static func bytes(
    of graph: Graph, options: ONNXWriteOptions = ONNXWriteOptions()
  ) throws(ONNXError) -> [UInt8] {
    let exporter = try ModelExporter(graph, opset: options.opset)
    guard exporter.constantBytes <= largestEmbedded else {
      throw ONNXError(
        .limit, "the constants take \(exporter.constantBytes) bytes, too many for one file",
        advice: "write the model to a file with external data")
    }
    return try serialized(exporter.model { TensorCoding.message($0, name: $1) })
  }

  private static func serialized(_ model: ONNXModelProto) throws(ONNXError) -> [UInt8] {
    do {
      return try model.serializedBytes()
    } catch {
      throw ONNXError(
        .limit, "the model is larger than the format allows",
        advice: "write it with external data")
    }
  }

  private static func save(_ bytes: [UInt8], to url: URL) throws(ONNXError) {
    do {
      try Data(bytes).write(to: url, options: .atomic)
    } catch {
      throw ONNXError(
        .file, "cannot be written", advice: "check that the folder exists and may be written to")
    }
  }
}
