/// The formats of weights that are read here, told apart by their first bytes, never by a name.
public enum CheckpointFormat: String, Sendable, CaseIterable {
  /// A zip archive, as `torch.save` writes since PyTorch 1.6.
  case torchZip
  /// A row of pickles, as `torch.save` wrote before PyTorch 1.6.
  case torchLegacy
  /// A safetensors file.
  case safetensors

  /// The format of a whole file, or nil if it is another one.
  public init?(of bytes: [UInt8]) {
    if ZipArchive.hasSignature(bytes) {
      self = .torchZip
    } else if TorchLegacyReader.hasSignature(bytes) {
      self = .torchLegacy
    } else if SafetensorsFile.hasSignature(bytes) {
      self = .safetensors
    } else {
      return nil
    }
  }
}
