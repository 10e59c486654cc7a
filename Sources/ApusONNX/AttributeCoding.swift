import ApusGraph
import ApusTensor
import Foundation
import SwiftProtobuf

/// Attributes of nodes, in the file and in the graph.
enum AttributeCoding {
  /// The number of the attribute type "tensor".
  static let tensorType: Int32 = 4

  private static let opaqueKinds: [Int32: String] = [
    5: "subgraph", 9: "list of tensors", 10: "list of subgraphs", 11: "sparse tensor",
    12: "list of sparse tensors", 13: "type", 14: "list of types",
  ]

  static func read(
    _ node: ONNXNodeProto, tensors: inout TensorImporter, place: String
  ) throws(ONNXError) -> [String: Attribute] {
    var attributes: [String: Attribute] = [:]
    for proto in node.attribute {
      let value = try attribute(proto, tensors: &tensors, place: place)
      guard attributes.updateValue(value, forKey: proto.name) == nil else {
        throw ONNXError(.node, "lists the attribute '\(proto.name)' twice", at: place)
      }
    }
    return attributes
  }

  private static func attribute(
    _ proto: ONNXAttributeProto, tensors: inout TensorImporter, place: String
  ) throws(ONNXError) -> Attribute {
    guard proto.refAttrName.isEmpty else {
      throw ONNXError(
        .node, "attribute '\(proto.name)' refers to an attribute of a function, outside of one",
        at: place)
    }
    switch type(of: proto) {
    case 1: return .float(proto.f)
    case 2: return .int(proto.i)
    case 3:
      guard let text = String(validating: proto.s, as: UTF8.self) else {
        return try opaque(proto, kind: "byte string", place: place)
      }
      return .string(text)
    case tensorType:
      let inner = "\(place), attribute '\(proto.name)'"
      if let tensor = try tensors.tensor(proto.t, place: inner) { return .tensor(tensor) }
      return try opaque(
        proto, kind: "tensor of \(ElementType.name(proto.t.dataType))", place: place)
    case 6: return .floats(proto.floats)
    case 7: return .ints(proto.ints)
    case 8:
      let texts = proto.strings.compactMap { String(validating: $0, as: UTF8.self) }
      if texts.count == proto.strings.count { return .strings(texts) }
      return try opaque(proto, kind: "list of byte strings", place: place)
    case let number:
      guard let kind = opaqueKinds[number] else {
        throw ONNXError(
          .unsupported, "attribute '\(proto.name)' has the unknown type number \(number)",
          at: place)
      }
      return try opaque(proto, kind: kind, place: place)
    }
  }

  /// The type; files of the first version of the format do not state it.
  private static func type(of proto: ONNXAttributeProto) -> Int32 {
    if proto.type != 0 { return proto.type }
    let filled: [(Bool, Int32)] = [
      (proto.hasF, 1), (proto.hasI, 2), (proto.hasS, 3), (proto.hasT, tensorType), (proto.hasG, 5),
      (!proto.floats.isEmpty, 6), (!proto.ints.isEmpty, 7), (!proto.strings.isEmpty, 8),
      (!proto.tensors.isEmpty, 9), (!proto.graphs.isEmpty, 10), (proto.hasSparseTensor, 11),
      (!proto.sparseTensors.isEmpty, 12), (proto.hasTp, 13), (!proto.typeProtos.isEmpty, 14),
    ]
    return filled.first { $0.0 }?.1 ?? 0
  }

  private static func opaque(
    _ proto: ONNXAttributeProto, kind: String, place: String
  ) throws(ONNXError) -> Attribute {
    do {
      return .opaque(kind: kind, bytes: try proto.serializedBytes())
    } catch {
      throw ONNXError(.limit, "attribute '\(proto.name)' is too large to be kept", at: place)
    }
  }

  /// The attribute as a file has it.
  static func message(_ name: String, _ attribute: Attribute) throws(ONNXError)
    -> ONNXAttributeProto
  {
    var proto = ONNXAttributeProto()
    switch attribute {
    case .float(let value):
      proto.type = 1
      proto.f = value
    case .int(let value):
      proto.type = 2
      proto.i = value
    case .string(let text):
      proto.type = 3
      proto.s = Data(text.utf8)
    case .tensor(let tensor):
      proto.type = tensorType
      proto.t = TensorCoding.message(tensor, name: "")
    case .floats(let values):
      proto.type = 6
      proto.floats = values
    case .ints(let values):
      proto.type = 7
      proto.ints = values
    case .strings(let texts):
      proto.type = 8
      proto.strings = texts.map { Data($0.utf8) }
    case .opaque(let kind, let bytes):
      guard let kept = try? ONNXAttributeProto(serializedBytes: bytes) else {
        throw ONNXError(
          .node, "attribute '\(name)' (\(kind)) does not come from an ONNX file")
      }
      proto = kept
    }
    proto.name = name
    return proto
  }
}
