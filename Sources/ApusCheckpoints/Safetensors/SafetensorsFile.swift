public import ApusTensor

/// A file of named tensors in the safetensors format: a length, a JSON header, the numbers.
public struct SafetensorsFile: Sendable {
  /// Texts that travel with the tensors.
  public var metadata: [String: String]
  /// The tensors, in the order of their numbers in the file.
  public private(set) var tensors: [NamedTensor]
  private var indices: [String: Int]

  /// A file of tensors to write; names must be unique and not `__metadata__`.
  public init(
    _ tensors: [NamedTensor], metadata: [String: String] = [:]
  ) throws(CheckpointError) {
    self.metadata = metadata
    self.tensors = tensors
    indices = [:]
    for (index, tensor) in tensors.enumerated() {
      guard tensor.name != SafetensorsHeader.metadataName,
        indices.updateValue(index, forKey: tensor.name) == nil
      else {
        throw CheckpointError.Place(file: "safetensors", entry: tensor.name).error(
          .unexpectedValue, "the name is taken", expected: "every tensor with its own name",
          remedy: "Rename the tensor.")
      }
    }
  }

  /// Reads a file.
  public init(
    path: String, limits: CheckpointLimits = CheckpointLimits()
  ) throws(CheckpointError) {
    try self.init(bytes: try FileBytes.read(path), file: path, limits: limits)
  }

  /// Reads the bytes of a file; `file` is what errors call it.
  public init(
    bytes: [UInt8], file: String, limits: CheckpointLimits = CheckpointLimits()
  ) throws(CheckpointError) {
    let place = CheckpointError.Place(file: file)
    let header = try SafetensorsHeader(bytes, place: place, limits: limits)
    metadata = header.metadata
    tensors = []
    indices = [:]
    for entry in header.entries {
      let range = (header.dataStart + entry.begin)..<(header.dataStart + entry.end)
      do throws(TensorError) {
        let tensor = try Tensor(
          copying: Array(bytes[range]), dtype: entry.dtype, shape: Shape(entry.sizes))
        indices[entry.name] = tensors.count
        tensors.append(NamedTensor(name: entry.name, tensor: tensor))
      } catch {
        throw place.at(entry: entry.name).error(.badTensor, error.description)
      }
    }
  }

  /// The tensor of a name.
  public subscript(name: String) -> Tensor? { indices[name].map { tensors[$0].tensor } }

  static func hasSignature(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 10, bytes[8] == UInt8(ascii: "{") else { return false }
    let length = bytes[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return length <= UInt64(bytes.count - 8)
  }
}
