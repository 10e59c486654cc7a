import ApusCheckpoints
import Foundation
import Testing

@Suite("Pickles that attack")
struct HostilePickleTests {
  /// A pickle that runs a command when Python loads it.
  struct Attack: CustomTestStringConvertible {
    let testDescription: String
    let callable: String
    let opcode: String
    let body: @Sendable (_ command: [UInt8]) -> [UInt8]
  }

  private static func command(_ canary: String) -> [UInt8] { Assemble.text("touch " + canary) }

  static let attacks = [
    Attack(testDescription: "REDUCE", callable: "posix.system", opcode: "REDUCE") {
      Assemble.call("posix", "system", [$0])
    },
    Attack(testDescription: "INST", callable: "os.system", opcode: "INST") {
      [0x28] + $0 + [0x69] + "os\nsystem\n".utf8
    },
    Attack(testDescription: "OBJ", callable: "subprocess.Popen", opcode: "OBJ") {
      [0x28] + Assemble.global("subprocess", "Popen") + $0 + [0x6F]
    },
    Attack(testDescription: "NEWOBJ", callable: "subprocess.Popen", opcode: "NEWOBJ") {
      Assemble.global("subprocess", "Popen") + $0 + [0x85, 0x81]
    },
    Attack(testDescription: "NEWOBJ_EX", callable: "subprocess.Popen", opcode: "NEWOBJ_EX") {
      Assemble.global("subprocess", "Popen") + $0 + [0x85, 0x7D, 0x92]
    },
    Attack(testDescription: "STACK_GLOBAL", callable: "os.system", opcode: "REDUCE") {
      Assemble.text("os") + Assemble.text("system") + [0x93] + $0 + [0x85, 0x52]
    },
    Attack(testDescription: "names from the memo", callable: "os.system", opcode: "REDUCE") {
      Assemble.text("system") + [0x71, 7, 0x30] + Assemble.text("os") + [0x94, 0x30]
        + [0x68, 1, 0x68, 7, 0x93, 0x71, 9, 0x30, 0x68, 9] + $0 + [0x85, 0x52]
    },
    Attack(testDescription: "inside of a state", callable: "os.system", opcode: "REDUCE") {
      Assemble.instance(
        "models.yolo", "Model", [("stride", Assemble.call("os", "system", [$0]))])
    },
    Attack(testDescription: "popped again", callable: "os.system", opcode: "REDUCE") {
      Assemble.call("os", "system", [$0]) + [0x30, 0x4E]
    },
    Attack(testDescription: "eval", callable: "builtins.eval", opcode: "REDUCE") {
      Assemble.call("__builtin__", "eval", [$0])
    },
    Attack(testDescription: "map", callable: "builtins.map", opcode: "REDUCE") {
      Assemble.call("builtins", "map", [Assemble.global("os", "system"), $0])
    },
    Attack(testDescription: "through another module", callable: "torch.os.system", opcode: "REDUCE")
    {
      Assemble.call("torch", "os.system", [$0])
    },
    Attack(testDescription: "handed to a record", callable: "os.system", opcode: "REDUCE") {
      Assemble.call("functools", "partial", [Assemble.global("os", "system"), $0])
    },
    Attack(testDescription: "getattr", callable: "getattr system", opcode: "REDUCE") {
      Assemble.call("builtins", "getattr", [Assemble.global("x", "y"), Assemble.text("system")])
        + $0 + [0x85, 0x52]
    },
  ]

  @Test(arguments: attacks)
  func isRefusedAndNotRun(_ attack: Attack) throws {
    let scratch = try ScratchFolder()
    let canary = scratch.path("canary")
    let pickle = Assemble.pickle(attack.body(Self.command(canary)))
    let file = ArchiveBuilder(pickle: pickle).encoded()
    let error = #expect(throws: CheckpointError.self) {
      try TorchCheckpoint(bytes: file, file: "evil.pt")
    }
    #expect(error?.code == .dangerousCall)
    #expect(error?.place.file == "evil.pt")
    #expect(error?.place.entry == "archive/data.pkl")
    #expect(error?.place.opcode == attack.opcode)
    #expect(error?.problem.contains(attack.callable) == true, "\(String(describing: error))")
    if let offset = error?.place.offset { #expect(pickle.indices.contains(offset)) }
    #expect(!FileManager.default.fileExists(atPath: canary))
  }

  @Test func pickleAloneReportsAndKeepsGoing() throws {
    let pickle = Assemble.pickle(Assemble.call("posix", "system", [Assemble.text("true")]))
    let document = try PickleDocument(bytes: pickle)
    #expect(document.dangerousCalls.map(\.callable) == ["posix.system"])
    #expect(pickle[document.dangerousCalls[0].offset] == 0x52)
  }

  @Test(arguments: [
    Assemble.call(
      "builtins", "getattr", [Assemble.instance("a", "B", []), Assemble.text("forward")]),
    Assemble.call("functools", "partial", [Assemble.global("torch.nn", "BatchNorm2d")]),
    Assemble.call("unknown.module", "function", [Assemble.integer(1)]),
    Assemble.call("types", "SimpleNamespace", []),
    Assemble.call("builtins", "type", [[0x4E]]),
    Assemble.instance("torch._dynamo.eval_frame", "OptimizedModule", []),
    Assemble.global("os", "system"),
    [0x82, 5],
  ])
  func harmlessRecordsAreRead(_ body: [UInt8]) throws {
    let file = ArchiveBuilder(pickle: Assemble.pickle(body)).encoded()
    let root = try TorchCheckpoint(bytes: file, file: "x.pt").root
    #expect(!root.description.isEmpty)
  }

  // MARK: Shapes that overwhelm

  private func root(_ body: [UInt8]) throws -> CheckpointValue {
    let file = ArchiveBuilder(pickle: Assemble.pickle(body)).encoded()
    return try TorchCheckpoint(bytes: file, file: "x.pt").root
  }

  @Test func deepNestsAreHeldPrintedAndFreed() throws {
    let depth = 1_000_000
    let lists = try root(
      [UInt8](repeating: 0x5D, count: depth) + [UInt8](repeating: 0x61, count: depth - 1))
    #expect(lists.description.utf8.count < 10_000)
    let tuples = try root([0x4E] + [UInt8](repeating: 0x85, count: depth))
    #expect(tuples.description.utf8.count < 10_000)
    let calls = Assemble.global("a", "b")
    let nested = try root(calls + (0..<100_000).flatMap { _ in [0x29, 0x52] as [UInt8] })
    #expect(nested.description.utf8.count < 10_000)
  }

  @Test func cyclesArePrinted() throws {
    // A list, a dictionary and an object that contain themselves.
    let list = try root([0x5D, 0x71, 0, 0x68, 0, 0x61])
    #expect(list[0]?.identity == list.identity)
    #expect(list.description.utf8.count < 10_000)
    let state: [UInt8] =
      Assemble.global("a", "B") + [0x29, 0x81, 0x71, 0, 0x7D] + Assemble.text("me")
      + [0x68, 0, 0x73, 0x62]
    let object = try root(state)
    #expect(object.attribute("me")?.identity == object.identity)
  }

  @Test func exponentialTuplesArePrinted() throws {
    // Each level holds the one below ten times.
    var body: [UInt8] = Assemble.text("lol")
    for _ in 0..<60 {
      body += [0x71, 1, 0x30, 0x28] + [UInt8](repeating: 0, count: 0)
      for _ in 0..<10 { body += [0x68, 1] }
      body.append(0x74)
    }
    let laughs = try root(body)
    #expect(laughs.description.utf8.count < 10_000)
    #expect(laughs[0]?[9]?.identity == laughs[0]?[0]?.identity)
  }

  @Test func exponentialModulesAreRefused() throws {
    var body = Assemble.module()
    for _ in 0..<60 {
      body += [0x71, 1, 0x30]
      body += Assemble.module(modules: [("a", [0x68, 1]), ("b", [0x68, 1])])
    }
    let module = try #require(try root(body).module)
    let error = #expect(throws: CheckpointError.self) { try module.stateDict() }
    #expect(error?.code == .tooLarge)
  }

  @Test func arrayThatIsItsOwnSizeIsRefused() throws {
    let array =
      Assemble.call("numpy.core.multiarray", "_reconstruct", []) + [0x71, 0]
      + Assemble.tuple([
        Assemble.integer(1), Assemble.tuple([[0x68, 0]]),
        Assemble.call("numpy", "dtype", [Assemble.text("f8")]), [0x68, 0], [0x43, 0],
      ]) + [0x62]
    let value = try root(array)
    #expect(value.double == nil)
    #expect(throws: CheckpointError.self) { try value.tensor() }
  }

  @Test func repeatedCopiesAreLimited() throws {
    // A list of n elements is copied into n sets.
    let count = 20_000
    var body: [UInt8] = [0x5D, 0x71, 0, 0x28] + [UInt8](repeating: 0x4E, count: count) + [0x65]
    body += Assemble.global("builtins", "set") + [0x71, 1, 0x30]
    for _ in 0..<count { body += [0x68, 1, 0x68, 0, 0x85, 0x52, 0x30] }
    let error = #expect(throws: CheckpointError.self) { try root(body) }
    #expect(error?.code == .tooLarge)
  }
}
