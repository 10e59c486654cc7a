/// The largest sizes that are believed when a file declares them.
///
/// They are checked before memory is allocated, so a file of a few bytes cannot ask for gigabytes.
public struct CheckpointLimits: Hashable, Sendable {
  /// Entries of a zip archive.
  public var archiveEntries = 200_000
  /// Bytes of one pickle.
  public var pickleBytes = 128 << 20
  /// Objects, memo entries and copied elements that one pickle makes.
  public var pickleObjects = 8_000_000
  /// Bytes of all unpacked storages, whatever the size of the file.
  public var storageBytes = 16 << 30
  /// Bytes of all unpacked storages as a multiple of the file's; only above `smallBytes`.
  public var expansion = 64
  /// A size that is never questioned: bytes of unpacked storages or of one tensor.
  public var smallBytes = 64 << 20
  /// Parameters, buffers, modules and attributes that are looked at to list the state of one module.
  public var stateEntries = 2_000_000
  /// Bytes of the names in the state of one module.
  public var nameBytes = 64 << 20
  /// Modules nested in each other.
  public var moduleDepth = 200
  /// Bytes of a safetensors header.
  public var headerBytes = 100_000_000

  /// Limits that every known detector stays far below.
  public init() {}
}
