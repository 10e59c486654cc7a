/// A Swift type whose values are stored as the elements of a tensor.
public protocol TensorElement: BitwiseCopyable, Sendable {
  /// The element type it is stored as.
  static var dtype: DType { get }
}

extension Float: TensorElement {
  /// Stored as `float32`.
  public static var dtype: DType { .float32 }
}
extension Double: TensorElement {
  /// Stored as `float64`.
  public static var dtype: DType { .float64 }
}
extension Half: TensorElement {
  /// Stored as `float16`.
  public static var dtype: DType { .float16 }
}
extension BFloat16: TensorElement {
  /// Stored as `bfloat16`.
  public static var dtype: DType { .bfloat16 }
}
extension Int8: TensorElement {
  /// Stored as `int8`.
  public static var dtype: DType { .int8 }
}
extension Int16: TensorElement {
  /// Stored as `int16`.
  public static var dtype: DType { .int16 }
}
extension Int32: TensorElement {
  /// Stored as `int32`.
  public static var dtype: DType { .int32 }
}
extension Int64: TensorElement {
  /// Stored as `int64`.
  public static var dtype: DType { .int64 }
}
extension UInt8: TensorElement {
  /// Stored as `uint8`.
  public static var dtype: DType { .uint8 }
}
extension UInt16: TensorElement {
  /// Stored as `uint16`.
  public static var dtype: DType { .uint16 }
}
extension UInt32: TensorElement {
  /// Stored as `uint32`.
  public static var dtype: DType { .uint32 }
}
extension UInt64: TensorElement {
  /// Stored as `uint64`.
  public static var dtype: DType { .uint64 }
}
extension Bool: TensorElement {
  /// Stored as `bool`, one byte of 0 or 1.
  public static var dtype: DType { .bool }
}
