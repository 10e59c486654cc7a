import ApusCheckpoints
import ApusTensor
import Testing

@Suite("Damaged checkpoints")
struct DamagedCheckpointTests {
  private func error(_ bytes: [UInt8]) -> CheckpointError? {
    do throws(CheckpointError) {
      let root = try TorchCheckpoint(bytes: bytes, file: "x.pt").root
      _ = try root.tensor()
      return nil
    } catch {
      return error
    }
  }

  private func archive(_ tensor: [UInt8], storage: [UInt8]? = [UInt8](repeating: 0, count: 16))
    -> ArchiveBuilder
  {
    ArchiveBuilder(
      pickle: Assemble.pickle(tensor), storages: storage.map { ["0": $0] } ?? [:])
  }

  private let plain = Assemble.tensor(count: 4, sizes: [2, 2], strides: [2, 1])

  @Test func theUndamagedFileIsRead() throws {
    let storage: [UInt8] = [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40, 0, 0, 0x80, 0x40]
    let checkpoint = try TorchCheckpoint(
      bytes: archive(plain, storage: storage).encoded(), file: "x.pt")
    #expect(try checkpoint.root.tensor() == Tensor([1, 2, 3, 4] as [Float], shape: [2, 2]))
  }

  @Test func bigEndianStoragesAreTurned() throws {
    let storage: [UInt8] = [0x3F, 0x80, 0, 0, 0x40, 0, 0, 0, 0x40, 0x40, 0, 0, 0x40, 0x80, 0, 0]
    let file = ArchiveBuilder(
      pickle: Assemble.pickle(plain), storages: ["0": storage], byteOrder: "big")
    let checkpoint = try TorchCheckpoint(bytes: file.encoded(), file: "x.pt")
    #expect(try checkpoint.root.tensor().doubles == [1, 2, 3, 4])
  }

  @Test func unknownByteOrderIsRefused() {
    let file = ArchiveBuilder(pickle: Assemble.pickle(plain), byteOrder: "middle")
    #expect(error(file.encoded())?.code == .corruptArchive)
  }

  @Test func missingStorageIsNamed() {
    let found = error(archive(plain, storage: nil).encoded())
    #expect(found?.code == .missingEntry)
    #expect(found?.place.entry == "archive/data/0")
  }

  @Test func shortStorageIsNamed() {
    let found = error(archive(plain, storage: [0, 0, 0, 0]).encoded())
    #expect(found?.code == .badTensor)
    #expect(found?.place.entry == "archive/data/0")
  }

  @Test func wrongChecksumIsFound() {
    var file = archive(plain)
    file.entries[2].checksum = 7
    let found = error(file.encoded())
    #expect(found?.code == .corruptArchive)
    #expect(found?.place.entry == "archive/data/0")
  }

  @Test(arguments: [0, 2]) func liesAboutSizesAreFound(_ entry: Int) {
    for size: UInt32 in [1, 1 << 20, 0xFFFF_FFF0] {
      for both in [false, true] {
        var file = archive(plain)
        file.entries[entry].declaredSize = size
        if both { file.entries[entry].declaredPackedSize = size }
        #expect(error(file.encoded()) != nil, "\(size) \(both)")
        file.entries[entry].method = 8
        #expect(error(file.encoded()) != nil, "\(size) \(both) deflated")
      }
    }
  }

  @Test func sameNameTwiceIsRefused() {
    var file = archive(plain)
    file.entries.append(file.entries[2])
    #expect(error(file.encoded())?.code == .corruptArchive)
  }

  /// Limits that a sound file exceeds.
  @Test(arguments: ["archiveEntries", "pickleBytes", "pickleObjects", "storageBytes"])
  func limitsAreKept(_ name: String) {
    var limits = CheckpointLimits()
    switch name {
    case "archiveEntries": limits.archiveEntries = 2
    case "pickleBytes": limits.pickleBytes = 2
    case "pickleObjects": limits.pickleObjects = 2
    default: limits.storageBytes = 2
    }
    let found = #expect(throws: CheckpointError.self) {
      try TorchCheckpoint(bytes: archive(plain).encoded(), file: "x.pt", limits: limits)
    }
    #expect(found?.code == .tooLarge)
    #expect(found?.remedy.contains("CheckpointLimits") == true)
  }

  @Test func repeatedElementsAreLimited() throws {
    var limits = CheckpointLimits()
    limits.smallBytes = 64
    let tensor = Assemble.tensor(count: 4, sizes: [17], strides: [0])
    let root = try TorchCheckpoint(bytes: archive(tensor).encoded(), file: "x", limits: limits).root
    let found = #expect(throws: CheckpointError.self) { try root.tensor() }
    #expect(found?.code == .tooLarge)
  }

  /// Tensors that do not fit their storage of 4 numbers.
  @Test(arguments: [
    Assemble.tensor(count: 4, sizes: [5], strides: [1]),
    Assemble.tensor(count: 4, offset: 1, sizes: [2, 2], strides: [2, 1]),
    Assemble.tensor(count: 4, offset: -1, sizes: [2], strides: [1]),
    Assemble.tensor(count: 4, sizes: [2], strides: [-1]),
    Assemble.tensor(count: 4, sizes: [-2], strides: [1]),
    Assemble.tensor(count: 4, sizes: [2, 2], strides: [1]),
    Assemble.tensor(count: 4, sizes: [2], strides: [.max]),
    Assemble.tensor(count: 4, offset: .max, sizes: [2], strides: [1]),
    Assemble.tensor(count: 4, sizes: [.max, .max], strides: [0, 0]),
    Assemble.tensor(count: 4, sizes: [.max, 4, 0], strides: [0, 0, 0]),
    Assemble.tensor(count: 4, sizes: [1 << 40], strides: [0]),
    Assemble.tensor(count: 1 << 40, sizes: [1 << 40], strides: [1]),
    Assemble.tensor(count: -4, sizes: [1], strides: [1]),
    Assemble.tensor(count: .max, sizes: [1], strides: [1]),
    Assemble.tensor(storage: "QInt8Storage", count: 4, sizes: [1], strides: [1]),
    Assemble.call("torch._utils", "_rebuild_tensor_v2", []),
    Assemble.call("torch._utils", "_rebuild_sparse_tensor", []),
    Assemble.call("torch.storage", "_load_from_bytes", [[0x43, 0]]),
  ])
  func impossibleTensorsAreRefused(_ tensor: [UInt8]) {
    #expect(error(archive(tensor).encoded()) != nil)
  }

  @Test(arguments: ["views.pt", "views.legacy.pt", "module.pt"])
  func truncatedAnywhereIsRefused(_ name: String) throws {
    let golden = try Golden.bytes(name)
    for length in 0..<golden.count {
      #expect(error(Array(golden[..<length])) != nil, "\(length)")
    }
  }

  @Test func otherFormatsAreNamed() throws {
    #expect(error([])?.code == .unknownFormat)
    #expect(error(Array("hello".utf8))?.code == .unknownFormat)
    let safetensors = error(try Golden.bytes("views.safetensors"))
    #expect(safetensors?.problem.contains("safetensors") == true)
    #expect(error(try Golden.bytes("values.p4.pkl"))?.code == .unknownFormat)
    var other = ArchiveBuilder(pickle: [])
    other.entries[0].name = "readme.txt"
    #expect(error(other.encoded())?.code == .unknownFormat)
  }

  @Test func formatsAreDetected() throws {
    #expect(CheckpointFormat(of: try Golden.bytes("views.pt")) == .torchZip)
    #expect(CheckpointFormat(of: try Golden.bytes("views.legacy.pt")) == .torchLegacy)
    #expect(CheckpointFormat(of: try Golden.bytes("views.safetensors")) == .safetensors)
    #expect(CheckpointFormat(of: try Golden.bytes("values.p4.pkl")) == nil)
    #expect(CheckpointFormat(of: []) == nil)
  }

  @Test func missingFileAndFolderAreNamed() {
    for path in ["/nonexistent.pt", "/"] {
      let found = #expect(throws: CheckpointError.self) { try TorchCheckpoint(path: path) }
      #expect(found?.code == .unreadable)
      #expect(found?.description.contains(path) == true)
    }
  }
}
