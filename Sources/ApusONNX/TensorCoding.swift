import ApusTensor
import Foundation

/// Tensors as a file has them.
enum TensorCoding {
  /// The tensor with its bytes in the file itself.
  static func message(_ tensor: Tensor, name: String) -> ONNXTensorProto {
    var proto = header(tensor, name: name)
    proto.rawData = tensor.withBytes { Data($0) }
    return proto
  }

  /// Name, type and shape only.
  static func header(_ tensor: Tensor, name: String) -> ONNXTensorProto {
    var proto = ONNXTensorProto()
    if !name.isEmpty { proto.name = name }
    proto.dataType = ElementType.number(of: tensor.dtype)
    proto.dims = tensor.shape.dimensions.map(Int64.init)
    return proto
  }
}
