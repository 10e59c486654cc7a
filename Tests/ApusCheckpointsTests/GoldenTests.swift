import ApusCheckpoints
import ApusTensor
import Testing

@Suite("Checkpoints of Python's own writers")
struct GoldenTests {
  /// Reads a pickle as if it were the only content of a checkpoint.
  private func value(_ name: String) throws -> CheckpointValue {
    let archive = ArchiveBuilder(pickle: try Golden.bytes(name))
    return try TorchCheckpoint(bytes: archive.encoded(), file: name).root
  }

  @Test(arguments: 0..<6)
  func scalarsOfEveryProtocol(_ version: Int) throws {
    let root = try value("values.p\(version).pkl")
    #expect(root["none"]?.isNone == true)
    #expect(root["true"]?.bool == true)
    #expect(root["false"]?.bool == false)
    #expect(root["small"]?.int == 7)
    #expect(root["byte"]?.int == 200)
    #expect(root["short"]?.int == 40_000)
    #expect(root["negative"]?.int == -3)
    #expect(root["int32"]?.int == -2_000_000_000)
    #expect(root["int64"]?.int == -(1 << 62))
    #expect(root["huge"]?.kind == .integer)
    #expect(root["huge"]?.int == nil)
    #expect(root["float"]?.double == -0.15625)
    #expect(root["text"]?.string == "line\nquote' back\\ umlaut ä emoji \u{1F985}")
    #expect(root["bytes"]?.bytes == [0, 1, 127, 128, 255])
    #expect(root["bytearray"]?.bytes == [9, 8])
    #expect(root[3]?.string == "integer key")
  }

  @Test(arguments: 0..<6)
  func containersOfEveryProtocol(_ version: Int) throws {
    let root = try value("values.p\(version).pkl")
    #expect(root["list"]?[1]?[1]?[0]?.int == 3)
    #expect(root["tuples"]?.list?.map { $0.list?.count } == [0, 1, 2, 3, 4])
    #expect(root["set"]?.kind == .set)
    #expect(root["set"]?.list?.compactMap(\.int) == [5])
    #expect(root["frozenset"]?.list?.compactMap(\.int) == [6])
    #expect(root["ordered"]?.namedEntries.map(\.name) == ["b", "a"])
    #expect(root["default"]?["k"]?[0]?.int == 1)
    #expect(root["shared"]?[0]?.identity == root["shared"]?[1]?.identity)
  }

  @Test(arguments: 0..<6)
  func recordsOfEveryProtocol(_ version: Int) throws {
    let root = try value("values.p\(version).pkl")
    #expect(root["date"]?.className == "datetime.date")
    #expect(root["date"]?.arguments?.first?.bytes == [0x07, 0xE6, 2, 8])
    #expect(root["namespace"]?.className == "argparse.Namespace")
    #expect(root["namespace"]?.attribute("batch_size")?.int == 16)
    #expect(root["scalar"]?.double == 0.375)
    #expect(root["path"]?.className == "pathlib.PurePosixPath")
    let array = try #require(root["array"]).tensor()
    #expect(array == Tensor([0, 1, 2, 3, 4, 5] as [Int32], shape: [2, 3]))
  }

  @Test(arguments: ["views.pt", "views.legacy.pt"])
  func viewsAreMadeDense(_ name: String) throws {
    let checkpoint = try TorchCheckpoint(bytes: Golden.bytes(name), file: name)
    #expect(checkpoint.layout == (name == "views.pt" ? .zip : .legacy))
    #expect(checkpoint.root["size"]?.list?.compactMap(\.int) == [2, 3])
    #expect(checkpoint.root["device"]?.className == "torch.device")
    let expected = try SafetensorsFile(bytes: Golden.bytes("views.safetensors"), file: name)
    let tensors = try #require(checkpoint.root["tensors"])
    let found = try #require(try tensors.tensorDictionary())
    #expect(found.count == expected.tensors.count - (name == "views.pt" ? 0 : 1))
    for tensor in found { #expect(expected[tensor.name] == tensor.tensor, "\(tensor.name)") }
  }

  @Test func modulesListTheirState() throws {
    let root = try TorchCheckpoint(bytes: Golden.bytes("module.pt"), file: "module.pt").root
    let model = try #require(root["model"]?.module)
    let state = try model.stateDict()
    let names = String(decoding: try Golden.bytes("module.json"), as: UTF8.self)
    let listed = "[" + state.map { "\"\($0.name)\"" }.joined(separator: ", ") + "]\n"
    #expect(listed == names)
    #expect(state[0].tensor == Tensor([0, 1, 2, 3] as [Float]))
    #expect(state.map(\.role) == [.parameter, .buffer, .parameter, .buffer])
    #expect(model.child("first")?.className == "models.inner.Inner")
    #expect(model.child("first")?.value.identity == model.child("third")?.value.identity)
    #expect(model.child("second")?.className == "torch.nn.modules.activation.ReLU")
  }
}
