internal import ApusTensor

/// The bytes of a storage, little-endian.
struct StorageBytes: Sendable {
  var bytes: [UInt8]

  /// Reverses every element of `width` bytes.
  mutating func swapBytes(width: Int) {
    guard width > 1 else { return }
    var start = 0
    while start + width <= bytes.count {
      bytes[start..<start + width].reverse()
      start += width
    }
  }
}

/// What the persistent id of a storage says: `('storage', class, key, location, count)`.
struct StorageReference {
  let key: String
  /// The type of the elements; nil for an untyped storage, which counts bytes.
  let dtype: DType?
  let count: Int
  /// First element of a view into the storage; only in files before PyTorch 0.4.
  let viewOffset: Int

  var width: Int { dtype?.byteCount ?? 1 }

  /// The type behind a class of storage: `.some(nil)` for untyped ones, nil for unknown classes.
  private static func dtype(ofStorage global: PickleGlobal) -> DType?? {
    let classes: [String: DType] = [
      "FloatStorage": .float32, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
      "DoubleStorage": .float64, "CharStorage": .int8, "ShortStorage": .int16,
      "IntStorage": .int32, "LongStorage": .int64, "ByteStorage": .uint8, "BoolStorage": .bool,
    ]
    if global.name == "UntypedStorage" { return .some(nil) }
    return classes[global.name].map { .some($0) }
  }

  /// The type behind `torch.float32` and the like.
  static func dtype(named global: PickleGlobal) -> DType? {
    let names: [String: DType] = [
      "torch.float32": .float32, "torch.float": .float32, "torch.float16": .float16,
      "torch.half": .float16, "torch.bfloat16": .bfloat16, "torch.float64": .float64,
      "torch.double": .float64, "torch.int8": .int8, "torch.int16": .int16,
      "torch.short": .int16, "torch.int32": .int32, "torch.int": .int32, "torch.int64": .int64,
      "torch.long": .int64, "torch.uint8": .uint8, "torch.uint16": .uint16,
      "torch.uint32": .uint32, "torch.uint64": .uint64, "torch.bool": .bool,
    ]
    return names[global.description]
  }

  /// Reads the persistent id that `reference` stands for.
  init(
    _ document: PickleDocument, id: PickleReference, place: CheckpointError.Place
  ) throws(CheckpointError) {
    guard let parts = document.elements(id), parts.count >= 5,
      document.string(parts[0]) == "storage", let kind = document.global(parts[1]),
      let key = document.string(parts[2]) ?? document.integer(parts[2]).map(String.init),
      let count = document.integer(parts[4])
    else {
      throw place.error(
        .unsupported, "a persistent id that is no storage",
        expected: "('storage', class, key, location, count)", remedy: Remedy.saveAgain)
    }
    guard let dtype = Self.dtype(ofStorage: kind) else {
      throw place.error(
        .unsupported, "the storage \(key) is a \(kind)",
        expected: "a storage of float, half, bfloat16, double, integer or boolean numbers",
        remedy: Remedy.saveAgain)
    }
    guard count >= 0, !count.multipliedReportingOverflow(by: dtype?.byteCount ?? 1).overflow else {
      throw place.error(.badTensor, "the storage \(key) declares \(count) elements")
    }
    self.key = key
    self.dtype = dtype
    self.count = count
    var offset = 0
    if parts.count > 5, let view = document.elements(parts[5]) {
      guard view.count == 3, let first = document.integer(view[1]),
        let length = document.integer(view[2]), first >= 0, length >= 0,
        first <= count, length <= count - first
      else { throw place.error(.badTensor, "the storage \(key) has a view outside of it") }
      offset = first
    }
    viewOffset = offset
  }
}

/// What a file was found to hold: the pickle and the storages it refers to.
///
/// It never changes after it is made.
final class CheckpointContents: Sendable {
  let document: PickleDocument
  let storages: [String: StorageBytes]
  let place: CheckpointError.Place
  let limits: CheckpointLimits

  init(
    document: PickleDocument, storages: [String: StorageBytes], place: CheckpointError.Place,
    limits: CheckpointLimits
  ) {
    self.document = document
    self.storages = storages
    self.place = place
    self.limits = limits
  }
}

/// What the two layouts have in common.
enum TorchReading {
  /// Refuses a pickle that asks for program code.
  static func refuseCode(
    _ document: PickleDocument, place: CheckpointError.Place
  ) throws(CheckpointError) {
    guard let call = document.dangerousCalls.first else { return }
    var place = place
    place.offset = call.offset
    place.opcode = call.opcode
    let more = document.dangerousCalls.count - 1
    throw place.error(
      .dangerousCall,
      "the pickle tries to run program code: \(call.callable)"
        + (more > 0 ? ", and \(more) more" : ""),
      expected: "calls that build data", remedy: Remedy.neverRun)
  }

  /// The storages that the document refers to, each once.
  static func references(
    _ document: PickleDocument, place: CheckpointError.Place
  ) throws(CheckpointError) -> [StorageReference] {
    var found: [StorageReference] = []
    var largest: [String: Int] = [:]
    for case .persistent(let id) in document.nodes {
      let reference = try StorageReference(document, id: id, place: place)
      if let index = largest[reference.key] {
        if reference.count * reference.width > found[index].count * found[index].width {
          found[index] = reference
        }
      } else {
        largest[reference.key] = found.count
        found.append(reference)
      }
    }
    return found
  }

  /// The most bytes that the storages of a file may have together.
  static func budget(fileBytes: Int, limits: CheckpointLimits) -> Int {
    let (expanded, overflow) = fileBytes.multipliedReportingOverflow(by: limits.expansion)
    return min(limits.storageBytes, max(limits.smallBytes, overflow ? .max : expanded))
  }
}
