package import ApusGraph
package import ApusTensor

// Element types as attributes state them, by the numbers of `TensorProto.DataType`.
// Source: onnx.proto3, message TensorProto.

extension DType {
  /// The type of a number of `TensorProto.DataType`; fails for strings, complex numbers and the types of
  /// 8 bits or fewer that Apus has no elements for.
  package init(elementNumber number: Int) throws(OperatorError) {
    guard let found = Self.byNumber.first(where: { $0.number == number }) else {
      throw OperatorError("elements of ONNX type \(number) are not supported")
    }
    self = found.dtype
  }

  /// The number in `TensorProto.DataType`.
  package var elementNumber: Int {
    for entry in Self.byNumber where entry.dtype == self { return entry.number }
    fatalError("the table of element types lacks \(self)")
  }

  private static let byNumber: [(number: Int, dtype: DType)] = [
    (1, .float32), (2, .uint8), (3, .int8), (4, .uint16), (5, .int16), (6, .int32), (7, .int64),
    (9, .bool), (10, .float16), (11, .float64), (12, .uint32), (13, .uint64), (16, .bfloat16),
  ]
}
