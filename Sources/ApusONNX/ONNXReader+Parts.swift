public import ApusGraph
public import ApusTensor
import SwiftProtobuf

extension ONNXReader {
  /// Reads a tensor that is stored by itself (`TensorProto`), as in ONNX's test data.
  public static func readTensor(
    _ bytes: [UInt8], limits: ONNXLimits = ONNXLimits()
  ) throws(ONNXError) -> (name: String, tensor: Tensor) {
    guard let proto = try? ONNXTensorProto(serializedBytes: bytes) else {
      throw ONNXError(.format, "the bytes are no tensor")
    }
    var importer = TensorImporter(limits: limits, folder: nil)
    guard let tensor = try importer.tensor(proto, place: "tensor '\(proto.name)'") else {
      throw ONNXError(
        .unsupported, "has the element type \(ElementType.name(proto.dataType))",
        at: "tensor '\(proto.name)'")
    }
    return (proto.name, tensor)
  }

  /// The operators a model file uses, each once, sorted by name; the graph is not built.
  ///
  /// Those inside functions and subgraphs are not among them.
  public static func operators(
    in bytes: [UInt8], limits: ONNXLimits = ONNXLimits()
  ) throws(ONNXError) -> [OperatorKind] {
    let kinds = try parse(bytes, limits: limits).graph.node.map {
      OperatorKind($0.opType, domain: $0.domain)
    }
    return Set(kinds).sorted { $0.description < $1.description }
  }
}
