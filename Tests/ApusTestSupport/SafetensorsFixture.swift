import Foundation

/// A minimal reader of safetensors files for tests: float32, float16, int32 and int64 tensors of
/// trusted files.
///
/// It shares no code with the reader under test in ApusCheckpoints.
public struct SafetensorsFixture: Sendable {
  /// One tensor, its numbers as floats or integers, whichever the file holds.
  public struct Entry: Sendable {
    /// The sizes of the axes.
    public let shape: [Int]
    /// The numbers of a float32 or float16 tensor, else none.
    public let floats: [Float]
    /// The numbers of an int32 or int64 tensor, else none.
    public let integers: [Int]
  }

  /// Why a file cannot be used.
  public struct Failure: Error, CustomStringConvertible {
    /// The file and what is wrong with it.
    public let description: String
  }

  /// The tensors by name.
  public let entries: [String: Entry]

  /// Reads a file below the shared folder.
  public init(_ path: String) throws {
    try self.init(bytes: try Shared.bytes(path), name: path)
  }

  /// Reads the bytes of a file; `path` is what failures call it.
  public init(bytes: [UInt8], name path: String) throws {
    guard bytes.count >= 8 else { throw Failure(description: "\(path): no header") }
    let length = bytes[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let body = 8 + length
    guard
      body <= bytes.count,
      let header = try JSONSerialization.jsonObject(with: Data(bytes[8..<body])) as? [String: Any]
    else { throw Failure(description: "\(path): header is no JSON object") }
    var entries: [String: Entry] = [:]
    for (name, value) in header where name != "__metadata__" {
      guard
        let fields = value as? [String: Any], let type = fields["dtype"] as? String,
        let shape = fields["shape"] as? [Int], let span = fields["data_offsets"] as? [Int],
        span.count == 2, span[0] <= span[1], body + span[1] <= bytes.count
      else { throw Failure(description: "\(path): bad entry \(name)") }
      let data = bytes[(body + span[0])..<(body + span[1])]
      switch type {
      case "F32":
        let floats = Self.words(data, size: 4).map { Float(bitPattern: UInt32($0)) }
        entries[name] = Entry(shape: shape, floats: floats, integers: [])
      case "F16":
        let floats = Self.words(data, size: 2).map { Self.widened(UInt16($0)) }
        entries[name] = Entry(shape: shape, floats: floats, integers: [])
      case "I32":
        let integers = Self.words(data, size: 4).map { Int(Int32(bitPattern: UInt32($0))) }
        entries[name] = Entry(shape: shape, floats: [], integers: integers)
      case "I64":
        let integers = Self.words(data, size: 8).map { Int(Int64(bitPattern: $0)) }
        entries[name] = Entry(shape: shape, floats: [], integers: integers)
      default: throw Failure(description: "\(path): \(name) has type \(type)")
      }
    }
    self.entries = entries
  }

  /// The tensor of a name.
  public func callAsFunction(_ name: String) throws -> Entry {
    guard let entry = entries[name] else { throw Failure(description: "no tensor \(name)") }
    return entry
  }

  /// The numbers of a float32 tensor.
  public func floats(_ name: String) throws -> [Float] { try self(name).floats }

  /// The numbers of an int64 tensor.
  public func integers(_ name: String) throws -> [Int] { try self(name).integers }

  /// The number that 16 bits of binary16 stand for.
  private static func widened(_ bits: UInt16) -> Float {
    let fraction = Float(bits & 0x3ff)
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    switch (bits >> 10) & 0x1f {
    case 0: return sign * fraction * 0x1p-24
    case 0x1f: return fraction == 0 ? sign * .infinity : .nan
    case let exponent:
      return Float(
        sign: bits & 0x8000 == 0 ? .plus : .minus, exponent: Int(exponent) - 15,
        significand: 1 + fraction * 0x1p-10)
    }
  }

  private static func words(_ bytes: ArraySlice<UInt8>, size: Int) -> [UInt64] {
    stride(from: bytes.startIndex, to: bytes.endIndex, by: size).map { start in
      (0..<size).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
    }
  }
}
