/// A decimal number in text as the nearest `Double`, without a copy of the text.
package enum DecimalNumber {
  /// What stands at a place of a text.
  package enum Scan: Equatable {
    /// A number, which may be infinite where its digits are beyond the range.
    case number(Double)
    /// A whole number without fraction and exponent that fits.
    case integer(Int)
    /// Nothing that is a number by JSON's grammar (RFC 8259, 6).
    case none
  }

  /// Reads the number that starts at `position`, and moves behind it.
  ///
  /// Every result is the number nearest to what is written, ties to even, as `Double(text)` gives it:
  ///
  /// 1. up to 2⁵³ and up to 10²² both factors are exact, and one operation rounds once (Clinger 1990);
  /// 2. up to 19 digits and 19 places the division is done in whole numbers, with what remains as the bit
  ///    that rounds;
  /// 3. all others are left to `Double`.
  package static func scan(_ bytes: [UInt8], at position: inout Int) -> Scan {
    let start = position
    var index = position
    let end = bytes.count
    let isNegative = index < end && bytes[index] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    var digits: UInt64 = 0
    let wholeStart = index
    while index < end, let digit = value(bytes[index]) {
      digits = digits &* 10 &+ digit
      index += 1
    }
    let whole = index - wholeStart
    guard whole == 1 || (whole > 1 && bytes[wholeStart] != UInt8(ascii: "0")) else { return .none }
    var places = 0
    var isWhole = true
    if index < end, bytes[index] == UInt8(ascii: ".") {
      index += 1
      let fraction = index
      while index < end, let digit = value(bytes[index]) {
        digits = digits &* 10 &+ digit
        index += 1
      }
      places = index - fraction
      isWhole = false
      guard places > 0 else { return .none }
    }
    var exponent = 0
    if index < end, bytes[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      isWhole = false
      var isDown = false
      if index < end, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
        isDown = bytes[index] == UInt8(ascii: "-")
        index += 1
      }
      let first = index
      while index < end, let digit = value(bytes[index]) {
        exponent = min(exponent * 10 + Int(digit), 100_000)
        index += 1
      }
      guard index > first else { return .none }
      if isDown { exponent = -exponent }
    }
    position = index
    // 19 digits, leading zeros among them, do not overflow 64 bits.
    guard whole + places <= 19 else {
      return slow(bytes[start..<index], isWhole: isWhole)
    }
    if isWhole, let integer = Int(exactly: digits), integer != 0 || !isNegative {
      return .integer(isNegative ? -integer : integer)
    }
    guard let magnitude = nearest(digits, power: exponent - places) else {
      return slow(bytes[start..<index], isWhole: isWhole)
    }
    return .number(isNegative ? -magnitude : magnitude)
  }

  private static func value(_ byte: UInt8) -> UInt64? {
    let digit = byte &- UInt8(ascii: "0")
    return digit < 10 ? UInt64(digit) : nil
  }

  private static func slow(_ text: ArraySlice<UInt8>, isWhole: Bool) -> Scan {
    let text = String(decoding: text, as: UTF8.self)
    if isWhole, text != "-0", let integer = Int(text) { return .integer(integer) }
    return Double(text).map(Scan.number) ?? .none
  }

  /// `digits · 10^power`, rounded once; nil where neither exact way holds.
  private static func nearest(_ digits: UInt64, power: Int) -> Double? {
    if digits <= 1 << 53, (-22...22).contains(power) {
      return power < 0 ? Double(digits) / powers[-power] : Double(digits) * powers[power]
    }
    guard digits > 0, (-19..<0).contains(power) else { return nil }
    var divisor: UInt64 = 1
    for _ in 0..<(-power) { divisor *= 10 }
    let (rise, fall) = (digits.leadingZeroBitCount, divisor.leadingZeroBitCount)
    // Both with their highest bit set, the dividend times 2⁶³: the quotient has 63 or 64 bits.
    let dividend = digits << UInt64(rise)
    let (quotient, rest) = (divisor << UInt64(fall)).dividingFullWidth(
      (dividend >> 1, dividend << 63))
    // A remainder makes the last bit odd, so that no tie is seen where there is none.
    let odd = rest == 0 ? quotient : quotient | 1
    return Double(sign: .plus, exponent: fall - rise - 63, significand: Double(odd))
  }

  private static let powers: [Double] = (0...22).map { exponent in
    (0..<exponent).reduce(1.0) { power, _ in power * 10 }
  }
}
