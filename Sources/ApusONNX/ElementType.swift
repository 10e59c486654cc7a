import ApusTensor

/// The numbers by which ONNX names element types (`TensorProto.DataType`).
enum ElementType {
  /// Element types Apus has, by number.
  private static let known: [Int32: DType] = [
    1: .float32, 2: .uint8, 3: .int8, 4: .uint16, 5: .int16, 6: .int32, 7: .int64, 9: .bool,
    10: .float16, 11: .float64, 12: .uint32, 13: .uint64, 16: .bfloat16,
  ]

  private static let numbers = Dictionary(uniqueKeysWithValues: known.map { ($1, $0) })

  private static let unsupported: [Int32: String] = [
    0: "undefined", 8: "string", 14: "complex64", 15: "complex128", 17: "float8e4m3fn",
    18: "float8e4m3fnuz", 19: "float8e5m2", 20: "float8e5m2fnuz", 21: "uint4", 22: "int4",
    23: "float4e2m1", 24: "float8e8m0", 25: "uint2", 26: "int2", 27: "float6e2m3",
    28: "float6e3m2",
  ]

  static func dtype(_ number: Int32) -> DType? { known[number] }

  static func number(of dtype: DType) -> Int32 { numbers[dtype] ?? 0 }

  /// The name of a type, for errors.
  static func name(_ number: Int32) -> String {
    known[number]?.description ?? unsupported[number] ?? "number \(number)"
  }
}
