// Exact, slow access to the numbers of a tensor of any type: what readers and the reference
// evaluation compute with. Floating-point tensors are seen as `Double`, the others as `Int64`.

extension Tensor {
  /// The elements as `Double`; exact for every type but 64-bit integers beyond 2^53.
  public var doubles: [Double] {
    switch dtype {
    case .float32: unsafe withElements(as: Float.self) { unsafe $0.map(Double.init) }
    case .float64: elements(as: Double.self)
    case .float16: unsafe withElements(as: Half.self) { unsafe $0.map { Double($0.float) } }
    case .bfloat16: unsafe withElements(as: BFloat16.self) { unsafe $0.map { Double($0.float) } }
    // `Double.init` alone would be taken to be the one that reinterprets bits.
    case .uint64: unsafe withElements(as: UInt64.self) { unsafe $0.map { Double($0) } }
    default: integers.map(Double.init)
    }
  }

  /// The elements as `Int64`: floating-point values towards zero (NaN gives 0, others saturate), `uint64`
  /// by its bits.
  public var integers: [Int64] {
    switch dtype {
    case .float32, .float64, .float16, .bfloat16: doubles.map(Self.truncated)
    case .int8: unsafe withElements(as: Int8.self) { unsafe $0.map(Int64.init) }
    case .int16: unsafe withElements(as: Int16.self) { unsafe $0.map(Int64.init) }
    case .int32: unsafe withElements(as: Int32.self) { unsafe $0.map(Int64.init) }
    case .int64: elements(as: Int64.self)
    case .uint8: unsafe withElements(as: UInt8.self) { unsafe $0.map(Int64.init) }
    case .uint16: unsafe withElements(as: UInt16.self) { unsafe $0.map(Int64.init) }
    case .uint32: unsafe withElements(as: UInt32.self) { unsafe $0.map(Int64.init) }
    case .uint64: unsafe withElements(as: UInt64.self) { unsafe $0.map { Int64(bitPattern: $0) } }
    case .bool: unsafe withElements(as: Bool.self) { unsafe $0.map { $0 ? 1 : 0 } }
    }
  }

  /// The elements as `Float`, rounded where the type is wider.
  public var floats: [Float] {
    switch dtype {
    case .float32: elements(as: Float.self)
    case .float16: unsafe withElements(as: Half.self) { unsafe $0.map(\.float) }
    case .bfloat16: unsafe withElements(as: BFloat16.self) { unsafe $0.map(\.float) }
    case .uint64: unsafe withElements(as: UInt64.self) { unsafe $0.map { Float($0) } }
    case .float64: doubles.map { Float($0) }
    default: integers.map { Float($0) }
    }
  }

  /// The elements as truth values: everything but zero is true.
  public var booleans: [Bool] {
    dtype.isFloatingPoint ? doubles.map { $0 != 0 } : integers.map { $0 != 0 }
  }

  /// A tensor of the numbers, each rounded (floating point: to nearest, ties to even; integers: towards
  /// zero, saturating at 64 bits, then wrapping) to the type.
  public init(doubles values: [Double], dtype: DType, shape: Shape) {
    switch dtype {
    case .float32: self.init(values.map { Float($0) }, shape: shape)
    case .float64: self.init(values, shape: shape)
    case .float16: self.init(values.map { Half($0) }, shape: shape)
    case .bfloat16: self.init(values.map { BFloat16($0) }, shape: shape)
    case .bool: self.init(values.map { $0 != 0 }, shape: shape)
    case .uint64:
      self.init(
        values.map {
          $0 >= 0x1p63
            ? ($0 >= 0x1p64 ? UInt64.max : UInt64($0)) : UInt64(bitPattern: Self.truncated($0))
        },
        shape: shape)
    default: self.init(integers: values.map(Self.truncated), dtype: dtype, shape: shape)
    }
  }

  /// A tensor of the numbers, wrapped around to the width of an integer type, or rounded to a floating-point
  /// type.
  public init(integers values: [Int64], dtype: DType, shape: Shape) {
    switch dtype {
    // By way of Double, an integer beyond 2^53 would be rounded twice.
    case .float32: self.init(values.map { Float($0) }, shape: shape)
    case .float64, .float16, .bfloat16:
      self.init(doubles: values.map(Double.init), dtype: dtype, shape: shape)
    case .int8: self.init(values.map { Int8(truncatingIfNeeded: $0) }, shape: shape)
    case .int16: self.init(values.map { Int16(truncatingIfNeeded: $0) }, shape: shape)
    case .int32: self.init(values.map { Int32(truncatingIfNeeded: $0) }, shape: shape)
    case .int64: self.init(values, shape: shape)
    case .uint8: self.init(values.map { UInt8(truncatingIfNeeded: $0) }, shape: shape)
    case .uint16: self.init(values.map { UInt16(truncatingIfNeeded: $0) }, shape: shape)
    case .uint32: self.init(values.map { UInt32(truncatingIfNeeded: $0) }, shape: shape)
    case .uint64: self.init(values.map { UInt64(bitPattern: $0) }, shape: shape)
    case .bool: self.init(values.map { $0 != 0 }, shape: shape)
    }
  }

  /// The same numbers as another type, with the rules of the two initialisers above.
  public func converted(to target: DType) -> Tensor {
    if target == dtype { return self }
    if target == .bool { return Tensor(booleans, shape: shape) }
    if target == .float32 { return Tensor(floats, shape: shape) }
    if dtype.isFloatingPoint || (dtype == .uint64 && target.isFloatingPoint) {
      return Tensor(doubles: doubles, dtype: target, shape: shape)
    }
    return Tensor(integers: integers, dtype: target, shape: shape)
  }

  private static func truncated(_ value: Double) -> Int64 {
    if value.isNaN { return 0 }
    if value >= 0x1p63 { return Int64.max }
    if value < -0x1p63 { return Int64.min }
    return Int64(value)
  }
}
