// Numbers, text and bytes.

extension PickleMachine {
  /// Carries out an opcode that pushes a number or a constant.
  mutating func number(_ opcode: PickleOpcode) throws(PickleError) {
    switch opcode {
    case .none: push(Self.none)
    case .newTrue: push(Self.boolean(true))
    case .newFalse: push(Self.boolean(false))
    case .binInt:
      try push(.integer(Int(Int32(truncatingIfNeeded: try cursor.unsigned(4)))))
    case .binInt1: try push(.integer(Int(try cursor.byte())))
    case .binInt2: try push(.integer(Int(try cursor.unsigned(2))))
    case .int: try pushDecimal(try cursor.textLine(), allowsBoolean: true)
    case .long:
      let text = try cursor.textLine()
      try pushDecimal(text.hasSuffix("L") ? String(text.dropLast()) : text, allowsBoolean: false)
    case .long1: try pushTwosComplement(try cursor.take(UInt64(try cursor.byte())))
    case .long4: try pushTwosComplement(try cursor.take(try cursor.unsigned(4)))
    case .float:
      let text = try cursor.textLine()
      guard let value = Double(text) else {
        throw cursor.error("'\(text.prefix(40))' is no number", expected: "a decimal number")
      }
      try push(.double(value))
    default:
      let bits = try cursor.take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      try push(.double(Double(bitPattern: bits)))
    }
  }

  private mutating func pushDecimal(_ text: String, allowsBoolean: Bool) throws(PickleError) {
    if allowsBoolean, text == "00" || text == "01" {
      push(Self.boolean(text == "01"))
    } else if let value = Int(text) {
      try push(.integer(value))
    } else {
      let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
      guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
        throw cursor.error("'\(text.prefix(40))' is no integer", expected: "a decimal number")
      }
      try push(.largeInteger(text))
    }
  }

  private mutating func pushTwosComplement(_ bytes: ArraySlice<UInt8>) throws(PickleError) {
    let isNegative = (bytes.last ?? 0) >= 0x80
    if bytes.count <= 8 {
      var value: UInt64 = isNegative ? .max : 0
      for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
      try push(.integer(Int(Int64(bitPattern: value))))
    } else {
      let digits = bytes.reversed().map { byte in
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
      try push(.largeInteger("0x" + digits.joined()))
    }
  }

  /// Carries out an opcode that pushes text or bytes.
  mutating func text(_ opcode: PickleOpcode) throws(PickleError) {
    switch opcode {
    case .shortBinUnicode: try pushText(try cursor.take(UInt64(try cursor.byte())))
    case .binUnicode: try pushText(try cursor.take(try cursor.unsigned(4)))
    case .binUnicode8: try pushText(try cursor.take(try cursor.unsigned(8)))
    case .unicode: try push(.string(Self.unescaped(try cursor.line())))
    case .shortBinBytes: try push(.bytes(Array(try cursor.take(UInt64(try cursor.byte())))))
    case .binBytes: try push(.bytes(Array(try cursor.take(try cursor.unsigned(4)))))
    case .binBytes8, .byteArray8:
      try push(.bytes(Array(try cursor.take(try cursor.unsigned(8)))))
    case .shortBinString: try pushString(Array(try cursor.take(UInt64(try cursor.byte()))))
    case .binString: try pushString(Array(try cursor.take(try cursor.unsigned(4))))
    case .string: try pushString(try unquoted(try cursor.line()))
    default:
      throw cursor.error(
        "the pickle refers to a buffer outside of it",
        expected: "a pickle that is complete in itself")
    }
  }

  private mutating func pushText(_ bytes: ArraySlice<UInt8>) throws(PickleError) {
    try push(.string(String(decoding: bytes, as: UTF8.self)))
  }

  /// A Python 2 `str`: text where it is valid UTF-8, bytes otherwise.
  private mutating func pushString(_ bytes: [UInt8]) throws(PickleError) {
    if let text = String(validating: bytes, as: UTF8.self) {
      try push(.string(text))
    } else {
      try push(.bytes(bytes))
    }
  }

  /// The bytes of a Python string literal with its quotes and escapes.
  private func unquoted(_ line: ArraySlice<UInt8>) throws(PickleError) -> [UInt8] {
    guard line.count >= 2, let quote = line.first, quote == line.last,
      quote == 0x22 || quote == 0x27
    else { throw cursor.error("a string without quotes", expected: "'...' or \"...\"") }
    let plain: [UInt8: UInt8] = [
      0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09, 0x61: 7, 0x62: 8, 0x66: 12, 0x76: 11,
      0x5C: 0x5C, 0x27: 0x27, 0x22: 0x22,
    ]
    var result: [UInt8] = []
    var rest = line.dropFirst().dropLast()
    while let byte = rest.popFirst() {
      guard byte == 0x5C, let escape = rest.popFirst() else {
        result.append(byte)
        continue
      }
      if let value = plain[escape] {
        result.append(value)
      } else if escape == 0x78,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        result.append(value)
        rest = rest.dropFirst(2)
      } else if (0x30...0x37).contains(escape) {
        var value = Int(escape - 0x30)
        for _ in 0..<2 {
          guard let digit = rest.first, (0x30...0x37).contains(digit) else { break }
          value = value * 8 + Int(digit - 0x30)
          rest.removeFirst()
        }
        result.append(UInt8(truncatingIfNeeded: value))
      } else {
        result += [byte, escape]
      }
    }
    return result
  }

  /// Text in Latin-1 with Python's raw-unicode escapes, `\u1234` and `\U00012345`.
  private static func unescaped(_ line: ArraySlice<UInt8>) -> String {
    var result = String.UnicodeScalarView()
    var rest = String.UnicodeScalarView(line.map { Unicode.Scalar($0) })[...]
    while let scalar = rest.popFirst() {
      let width = rest.first == "u" ? 4 : rest.first == "U" ? 8 : 0
      if scalar == "\\", width > 0,
        let value = UInt32(String(rest.dropFirst().prefix(width)), radix: 16),
        let decoded = Unicode.Scalar(value)
      {
        result.append(decoded)
        rest = rest.dropFirst(width + 1)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}
