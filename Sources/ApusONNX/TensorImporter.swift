import ApusTensor
import Foundation

/// Turns the tensors of a file into our own, and counts what they take.
struct TensorImporter {
  private let limits: ONNXLimits
  private let external: ExternalDataReader
  private var total = 0

  init(limits: ONNXLimits, folder: URL?) {
    self.limits = limits
    external = ExternalDataReader(folder: folder)
  }

  /// The tensor; nil where its element type is none Apus has.
  mutating func tensor(_ proto: ONNXTensorProto, place: String) throws(ONNXError) -> Tensor? {
    guard let dtype = ElementType.dtype(proto.dataType) else { return nil }
    if proto.hasSegment {
      throw ONNXError(
        .unsupported, "is stored in segments", at: place,
        advice: "save the model again in one piece")
    }
    let shape = try self.shape(proto, place: place)
    guard let byteCount = shape.checkedByteCount(of: dtype), byteCount <= limits.tensorBytes else {
      throw ONNXError(
        .limit, "a \(dtype) tensor of shape \(shape) is larger than \(limits.tensorBytes) bytes",
        at: place, advice: "the file is damaged, or raise the limit")
    }
    total += byteCount
    guard total <= limits.totalTensorBytes else {
      throw ONNXError(
        .limit, "the tensors take more than \(limits.totalTensorBytes) bytes", at: place)
    }
    if proto.dataLocation == 1 {
      let bytes = try external.bytes(proto.externalData, byteCount: byteCount, place: place)
      return try Self.tensor(dtype, shape, bytes, place: place)
    }
    if proto.hasRawData, !proto.rawData.isEmpty || byteCount == 0 {
      return try Self.tensor(dtype, shape, proto.rawData, place: place)
    }
    return try typedTensor(proto, dtype, shape, place: place)
  }

  private func shape(_ proto: ONNXTensorProto, place: String) throws(ONNXError) -> Shape {
    guard proto.dims.count <= limits.axes else {
      throw ONNXError(.limit, "has \(proto.dims.count) axes, more than \(limits.axes)", at: place)
    }
    if let negative = proto.dims.first(where: { $0 < 0 }) {
      throw ONNXError(
        .tensor, "has the size \(negative) in its shape \(proto.dims)", at: place,
        advice: "the file is damaged: export it again")
    }
    return Shape(proto.dims.map { Int($0) })
  }

  private static func tensor(
    _ dtype: DType, _ shape: Shape, _ data: Data, place: String
  ) throws(ONNXError) -> Tensor {
    do {
      return try data.withUnsafeBytes { try Tensor(dtype: dtype, shape: shape, bytes: $0) }
    } catch {
      throw ONNXError(
        .tensor, "\(error)", at: place, advice: "the file is damaged: export it again")
    }
  }

  /// A tensor whose elements are in the field of their type.
  ///
  /// Which field holds which type is ONNX's: small integers, booleans and the bits of 16-bit floats
  /// lie in `int32_data`.
  private func typedTensor(
    _ proto: ONNXTensorProto, _ dtype: DType, _ shape: Shape, place: String
  ) throws(ONNXError) -> Tensor {
    func check(_ count: Int, _ field: String) throws(ONNXError) {
      guard count == shape.count else {
        throw ONNXError(
          .tensor,
          "a \(dtype) tensor of shape \(shape) has \(shape.count) elements, but"
            + " \(field) holds \(count)", at: place,
          advice: "the file is damaged: export it again")
      }
    }
    switch dtype {
    case .float32:
      try check(proto.floatData.count, "float_data")
      return Tensor(proto.floatData, shape: shape)
    case .float64:
      try check(proto.doubleData.count, "double_data")
      return Tensor(proto.doubleData, shape: shape)
    case .int64:
      try check(proto.int64Data.count, "int64_data")
      return Tensor(proto.int64Data, shape: shape)
    case .uint64:
      try check(proto.uint64Data.count, "uint64_data")
      return Tensor(proto.uint64Data, shape: shape)
    case .uint32:
      try check(proto.uint64Data.count, "uint64_data")
      return try integers(proto.uint64Data.map { Int64(bitPattern: $0) }, dtype, shape, place)
    case .float16:
      try check(proto.int32Data.count, "int32_data")
      return Tensor(
        proto.int32Data.map { Half(bits: UInt16(truncatingIfNeeded: $0)) }, shape: shape)
    case .bfloat16:
      try check(proto.int32Data.count, "int32_data")
      return Tensor(
        proto.int32Data.map { BFloat16(bits: UInt16(truncatingIfNeeded: $0)) }, shape: shape)
    case .bool:
      try check(proto.int32Data.count, "int32_data")
      return Tensor(proto.int32Data.map { $0 != 0 }, shape: shape)
    case .int8, .int16, .int32, .uint8, .uint16:
      try check(proto.int32Data.count, "int32_data")
      return try integers(proto.int32Data.map(Int64.init), dtype, shape, place)
    }
  }

  private func integers(
    _ values: [Int64], _ dtype: DType, _ shape: Shape, _ place: String
  ) throws(ONNXError) -> Tensor {
    if let range = dtype.integerRange, let wrong = values.first(where: { !range.contains($0) }) {
      throw ONNXError(
        .tensor, "the element \(wrong) is no \(dtype)", at: place,
        advice: "the file is damaged: export it again")
    }
    return Tensor(integers: values, dtype: dtype, shape: shape)
  }
}
