/// An IEEE 754 binary16 number, kept as its bits.
///
/// Swift's `Float16` does not exist on every platform the package builds for; arithmetic is done
/// after conversion to `Float` or `Double`.
public struct Half: Hashable, Sendable, BitwiseCopyable {
  /// Sign (1 bit), exponent (5 bits), fraction (10 bits).
  public var bits: UInt16

  /// Takes the bits as they are.
  public init(bits: UInt16) { self.bits = bits }

  /// Rounds to the nearest half, ties to even.
  public init(_ value: Float) { self.init(Double(value)) }

  /// Rounds to the nearest half, ties to even, in one step.
  public init(_ value: Double) {
    bits = UInt16(roundedBits(of: value, exponentBits: 5, fractionBits: 10))
  }

  /// The value, which a `Float` represents exactly.
  public var float: Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 0x1f
    let fraction = UInt32(bits & 0x3ff)
    if exponent == 0x1f { return Float(bitPattern: sign | 0x7f80_0000 | fraction << 13) }
    if exponent == 0 {
      let magnitude = Float(fraction) * 0x1p-24
      return sign == 0 ? magnitude : -magnitude
    }
    return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
  }
}

/// A bfloat16 number (the upper half of a binary32 number), kept as its bits.
public struct BFloat16: Hashable, Sendable, BitwiseCopyable {
  /// Sign (1 bit), exponent (8 bits), fraction (7 bits).
  public var bits: UInt16

  /// Takes the bits as they are.
  public init(bits: UInt16) { self.bits = bits }

  /// Rounds to the nearest bfloat16, ties to even.
  public init(_ value: Float) { self.init(Double(value)) }

  /// Rounds to the nearest bfloat16, ties to even, in one step.
  public init(_ value: Double) {
    bits = UInt16(roundedBits(of: value, exponentBits: 8, fractionBits: 7))
  }

  /// The value, which a `Float` represents exactly.
  public var float: Float { Float(bitPattern: UInt32(bits) << 16) }
}

/// The bits of the nearest number of a smaller IEEE format, ties to even.
///
/// Overflow gives infinity; a NaN stays a quiet NaN.
private func roundedBits(of value: Double, exponentBits: Int, fractionBits: Int) -> UInt64 {
  let bias = (1 << (exponentBits - 1)) - 1
  let one: UInt64 = 1
  let sign = value.sign == .minus ? one << (exponentBits + fractionBits) : 0
  let infinity = ((one << exponentBits) - 1) << fractionBits
  if value.isNaN { return sign | infinity | one << (fractionBits - 1) }
  if value.isInfinite { return sign | infinity }
  if value.isZero { return sign }
  // Subnormals share the exponent of the smallest normal number.
  let exponent = max(Int(value.exponent), 1 - bias)
  let quantum = Double(sign: .plus, exponent: exponent - fractionBits, significand: 1)
  let steps = UInt64((value.magnitude / quantum).rounded(.toNearestOrEven))
  // A carry out of the fraction raises the exponent by itself, up to infinity.
  let base = UInt64(exponent + bias - 1) << fractionBits
  return sign | min(base + steps, infinity)
}
