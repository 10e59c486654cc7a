internal import ApusTensor

/// The checked header of a safetensors file.
struct SafetensorsHeader {
  /// A tensor of the header; offsets count from the start of the numbers.
  struct Entry {
    let name: String
    let dtype: DType
    let sizes: [Int]
    let begin: Int
    let end: Int
  }

  static let metadataName = "__metadata__"

  /// The format's names of the types that tensors have, in the order that its own library writes them.
  static let dtypes: [(name: String, dtype: DType)] = [
    ("U64", .uint64), ("I64", .int64), ("F64", .float64), ("F32", .float32),
    ("U32", .uint32), ("I32", .int32), ("BF16", .bfloat16), ("F16", .float16),
    ("U16", .uint16), ("I16", .int16), ("I8", .int8), ("U8", .uint8), ("BOOL", .bool),
  ]

  let metadata: [String: String]
  /// The tensors by their offsets.
  let entries: [Entry]
  /// The byte of the file where the numbers start.
  let dataStart: Int

  init(
    _ bytes: [UInt8], place: CheckpointError.Place, limits: CheckpointLimits
  ) throws(CheckpointError) {
    guard bytes.count >= 8 else {
      throw place.error(
        .badHeader, "the file has \(bytes.count) bytes", expected: "the length of a header first")
    }
    let declared = bytes[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard declared <= UInt64(limits.headerBytes) else {
      throw place.at(offset: 0).error(
        .tooLarge, "the header declares \(declared) bytes",
        expected: "at most \(limits.headerBytes)", remedy: Remedy.limits)
    }
    guard declared <= UInt64(bytes.count - 8) else {
      throw place.at(offset: 0).error(
        .badHeader, "the header declares \(declared) bytes, but \(bytes.count - 8) follow")
    }
    dataStart = 8 + Int(declared)
    guard declared > 0, bytes[8] == UInt8(ascii: "{") else {
      throw place.at(offset: 8).error(.badHeader, "the header does not begin with '{'")
    }
    let json: JSONValue
    do throws(JSONError) {
      json = try StrictJSON.parse(bytes[8..<dataStart])
    } catch {
      throw place.at(offset: 8 + error.offset).error(
        .badHeader, "the header is not JSON: \(error.problem)")
    }
    guard case .object(let members) = json else {
      throw place.at(offset: 8).error(.badHeader, "the header is no JSON object")
    }
    var metadata: [String: String] = [:]
    var entries: [Entry] = []
    for member in members {
      if member.name == Self.metadataName {
        metadata = try Self.metadata(member.value, place: place.at(entry: member.name))
      } else {
        entries.append(
          try Self.entry(member.name, member.value, place: place.at(entry: member.name)))
      }
    }
    entries.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
    try Self.checkContiguous(entries, dataBytes: bytes.count - dataStart, place: place)
    self.metadata = metadata
    self.entries = entries
  }

  private static func metadata(
    _ value: JSONValue, place: CheckpointError.Place
  ) throws(CheckpointError) -> [String: String] {
    var result: [String: String] = [:]
    guard case .object(let members) = value else {
      throw place.error(.badHeader, "the metadata is no JSON object")
    }
    for member in members {
      guard case .string(let text) = member.value else {
        throw place.error(
          .badHeader, "'\(member.name.prefix(80))' is no text", expected: "texts only")
      }
      result[member.name] = text
    }
    return result
  }

  private static func entry(
    _ name: String, _ value: JSONValue, place: CheckpointError.Place
  ) throws(CheckpointError) -> Entry {
    var type: String?
    var sizes: [Int]?
    var offsets: [Int]?
    guard case .object(let members) = value else {
      throw place.error(.badHeader, "the tensor's entry is no JSON object")
    }
    for member in members {
      switch (member.name, member.value) {
      case ("dtype", .string(let text)): type = text
      case ("shape", .array(let items)): sizes = numbers(items)
      case ("data_offsets", .array(let items)): offsets = numbers(items)
      default:
        throw place.error(
          .badHeader, "'\(member.name.prefix(80))' is not understood",
          expected: "dtype, shape and data_offsets")
      }
    }
    guard let type, let sizes, let offsets, offsets.count == 2, offsets[0] <= offsets[1] else {
      throw place.error(
        .badHeader, "the tensor's entry is incomplete",
        expected: "dtype, shape of whole numbers and two ascending data_offsets")
    }
    guard let dtype = dtypes.first(where: { $0.name == type })?.dtype else {
      throw place.error(
        .unsupported, "a tensor of type \(type.prefix(40))",
        expected: "one of " + dtypes.map(\.name).joined(separator: ", "),
        remedy: "Convert the tensor to one of these types and save the file again.")
    }
    let shape = Shape(sizes)
    guard sizes.count <= 64, Shape(sizes.map { max($0, 1) }).checkedByteCount(of: dtype) != nil,
      shape.checkedByteCount(of: dtype) == offsets[1] - offsets[0]
    else {
      throw place.error(
        .badTensor, "\(offsets[1] - offsets[0]) bytes for a \(dtype) tensor of \(sizes.prefix(64))",
        expected: "as many bytes as the shape needs")
    }
    return Entry(name: name, dtype: dtype, sizes: sizes, begin: offsets[0], end: offsets[1])
  }

  private static func numbers(_ items: [JSONValue]) -> [Int]? {
    var result: [Int] = []
    for item in items {
      guard case .number(let text) = item, let value = Int(text), value >= 0 else { return nil }
      result.append(value)
    }
    return result
  }

  /// The format allows neither holes nor overlaps, so a file has exactly one meaning.
  private static func checkContiguous(
    _ entries: [Entry], dataBytes: Int, place: CheckpointError.Place
  ) throws(CheckpointError) {
    var end = 0
    for entry in entries {
      guard entry.begin == end else {
        throw place.at(entry: entry.name).error(
          .badHeader, "the numbers start at \(entry.begin)",
          expected: "the end of the tensor before, \(end)")
      }
      end = entry.end
    }
    guard end == dataBytes else {
      throw place.error(
        .badHeader, "\(dataBytes) bytes of numbers follow the header",
        expected: "the \(end) bytes that it declares")
    }
  }
}
