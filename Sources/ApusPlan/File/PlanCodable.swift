/// A value with a form in plan files: its parts one after the other, each written and read by name.
///
/// What a file holds may be anything: `init(from:)` refuses what is no value of its type, and
/// `PlanVerifier` what makes no sense together.
protocol PlanCodable {
  /// Writes the value.
  func encode(to encoder: inout PlanEncoder)

  /// Reads what `encode` wrote.
  init(from decoder: inout PlanDecoder) throws(PlanFormatError)
}

/// The bytes of values.
struct PlanEncoder {
  private(set) var bytes: [UInt8] = []

  /// Writes a value.
  mutating func encode(_ value: some PlanCodable) { value.encode(to: &self) }

  /// Writes which case of an enumeration follows.
  mutating func encode(case tag: UInt8) { bytes.append(tag) }

  /// Writes a number, low byte first.
  mutating func append(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }

  /// Writes bytes as they are.
  mutating func append(contentsOf more: some Sequence<UInt8>) { bytes += more }
}

/// The values of bytes, which may be anything.
struct PlanDecoder {
  private let bytes: UnsafeRawBufferPointer
  private(set) var offset = 0

  /// Reads bytes, which must outlive the decoder.
  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Bytes that are still to be read.
  var remaining: Int { bytes.count - offset }

  /// Reads a value.
  mutating func decode<Value: PlanCodable>() throws(PlanFormatError) -> Value {
    try Value(from: &self)
  }

  /// Reads which case of an enumeration follows.
  mutating func decodeCase() throws(PlanFormatError) -> UInt8 { try take(UInt8.self) }

  /// Reads a number.
  mutating func take<Number: FixedWidthInteger>(
    _ type: Number.Type
  ) throws(PlanFormatError) -> Number {
    let count = MemoryLayout<Number>.size
    guard remaining >= count else { throw error("the description ends within a number") }
    defer { offset += count }
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  /// Reads bytes as they are.
  mutating func take(count: Int) throws(PlanFormatError) -> UnsafeRawBufferPointer {
    guard count >= 0, count <= remaining else {
      throw error("\(count) bytes should follow, but only \(remaining) do")
    }
    defer { offset += count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
  }

  /// An error at the place that was reached.
  func error(_ what: String) -> PlanFormatError { PlanFormatError(offset: offset, what: what) }

  /// An error for a case that the enumeration does not have.
  func unknown(_ enumeration: String, _ tag: UInt8) -> PlanFormatError {
    error("\(tag) is no \(enumeration)")
  }
}

/// What is wrong with the bytes of a plan, and where.
struct PlanFormatError: Error {
  let offset: Int
  let what: String
}

extension Int: PlanCodable {
  func encode(to encoder: inout PlanEncoder) { encoder.append(Int64(self)) }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self = Int(try decoder.take(Int64.self))
  }
}

extension Int32: PlanCodable {
  func encode(to encoder: inout PlanEncoder) { encoder.append(self) }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self = try decoder.take(Int32.self)
  }
}

extension Float: PlanCodable {
  func encode(to encoder: inout PlanEncoder) { encoder.append(bitPattern) }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    self.init(bitPattern: try decoder.take(UInt32.self))
  }
}

extension Bool: PlanCodable {
  func encode(to encoder: inout PlanEncoder) { encoder.encode(case: self ? 1 : 0) }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    switch try decoder.decodeCase() {
    case 0: self = false
    case 1: self = true
    case let tag: throw decoder.unknown("truth value", tag)
    }
  }
}

extension String: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(utf8.count)
    encoder.append(contentsOf: utf8)
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    let count: Int = try decoder.decode()
    let bytes = try decoder.take(count: count)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw decoder.error("text is not UTF-8")
    }
    self = text
  }
}

extension Array: PlanCodable where Element: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(count)
    for element in self { encoder.encode(element) }
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    let count: Int = try decoder.decode()
    // An element takes a byte at least, so that no list is longer than the file.
    guard count >= 0, count <= decoder.remaining else {
      throw decoder.error("a list of \(count) elements does not fit into the file")
    }
    self = []
    for _ in 0..<count { append(try decoder.decode()) }
  }
}

extension Optional: PlanCodable where Wrapped: PlanCodable {
  func encode(to encoder: inout PlanEncoder) {
    encoder.encode(self != nil)
    if let self { encoder.encode(self) }
  }

  init(from decoder: inout PlanDecoder) throws(PlanFormatError) {
    let isThere: Bool = try decoder.decode()
    if isThere { self = .some(try decoder.decode()) } else { self = nil }
  }
}
