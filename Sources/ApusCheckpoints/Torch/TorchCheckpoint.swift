public import ApusTensor

/// A file written by `torch.save`: `.pt`, `.pth` or `.ckpt`, read without running pickled code.
public struct TorchCheckpoint: Sendable {
  /// How the file is laid out.
  public enum Layout: String, Sendable {
    /// A zip archive of a pickle and storages, since PyTorch 1.6.
    case zip
    /// Pickles and storages one after another, before PyTorch 1.6.
    case legacy
  }

  /// How the file is laid out.
  public let layout: Layout
  /// The object that was saved.
  public let root: CheckpointValue

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
    let contents: CheckpointContents
    if ZipArchive.hasSignature(bytes) {
      layout = .zip
      contents = try TorchZipReader.read(bytes, place: place, limits: limits)
    } else if TorchLegacyReader.hasSignature(bytes) {
      layout = .legacy
      contents = try TorchLegacyReader.read(bytes, place: place, limits: limits)
    } else {
      throw Self.unknown(bytes, place: place)
    }
    root = CheckpointValue(contents: contents, reference: contents.document.root)
  }

  private static func unknown(
    _ bytes: [UInt8], place: CheckpointError.Place
  ) -> CheckpointError {
    let found: String
    if bytes.isEmpty {
      found = "the file is empty"
    } else if SafetensorsFile.hasSignature(bytes) {
      found = "this is a safetensors file"
    } else if bytes.count > 262, bytes[257..<262].elementsEqual("ustar".utf8) {
      found = "this is a tar archive, as PyTorch wrote before 0.2"
    } else if bytes[0] == 0x80 {
      found = "this is a pickle that torch.save did not write"
    } else {
      found = "this is no file of torch.save"
    }
    return place.error(
      .unknownFormat, found, expected: "a .pt, .pth or .ckpt file written by torch.save",
      remedy: "Name a PyTorch checkpoint, or use the reader of the file's own format.")
  }

  /// The tensors of a saved state: of `ema`, `model` or the root itself where that is a module, of
  /// `state_dict` or the root where that is a dictionary of tensors.
  public func stateDict() throws(CheckpointError) -> [NamedTensor] {
    for key in ["ema", "model"] {
      if let value = root[key], !value.isNone {
        if let module = value.module { return try module.stateDict() }
        if let tensors = try value.tensorDictionary() { return tensors }
      }
    }
    if let module = root.module { return try module.stateDict() }
    if let tensors = try (root["state_dict"] ?? root).tensorDictionary() { return tensors }
    throw root.place.error(
      .unexpectedValue, "the file holds neither a module nor a state_dict, but \(root)",
      expected: "a module under 'ema' or 'model', or a dictionary of tensors",
      remedy: Remedy.saveAgain)
  }
}

/// A tensor with its name in a state, such as `model.0.conv.weight`.
public struct NamedTensor: Sendable, Equatable {
  /// What a tensor is to its module.
  public enum Role: String, Sendable {
    /// A trained parameter.
    case parameter
    /// A buffer that is saved with the parameters.
    case buffer
    /// Not known, as in a plain dictionary of tensors.
    case unknown
  }

  /// The path of modules and the name, joined by dots.
  public let name: String
  /// The numbers.
  public let tensor: Tensor
  /// What the tensor is to its module.
  public let role: Role

  /// A tensor with its name.
  public init(name: String, tensor: Tensor, role: Role = .unknown) {
    self.name = name
    self.tensor = tensor
    self.role = role
  }
}
