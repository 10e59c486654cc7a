import ApusCheckpoints
import Testing

@Suite("Pickle opcodes")
struct PickleTests {
  private func root(_ body: [UInt8]) throws -> CheckpointValue {
    let file = ArchiveBuilder(pickle: Assemble.pickle(body)).encoded()
    return try TorchCheckpoint(bytes: file, file: "x.pt").root
  }

  private func error(_ body: [UInt8]) -> CheckpointError? {
    do {
      _ = try root(body)
      return nil
    } catch {
      return error as? CheckpointError
    }
  }

  @Test(arguments: [
    ("I01\n", "True"), ("I-5\n", "-5"), ("L12345678901234567890123L\n", "12345678901234567890123"),
    ("F2.5\n", "2.5"), ("S'a\\'\\x41\\102\\n'\n", "'a'AB\n'"),
    ("V\\u00e4\\U0001f985\n", "'ä\u{1F985}'"),
    ("(I1\nI2\nl", "[1, 2]"), ("(I1\nI2\nt", "(1, 2)"), ("(I1\nI2\nd", "{1: 2}"),
    ("N2t", ""), ("(N2t", "(None, None)"), ("(((NI7\n10", ""), ("I3\np5\n0g5\n", "3"),
    ("(lp0\nI1\na", "[1]"), ("(cm\nf\nI4\no", "m.f(4,)"),
  ])
  func textOpcodes(_ text: String, _ expected: String) {
    let found = try? root(Array(text.utf8)).description
    #expect((found ?? "") == expected.replacing("(4,)", with: "(4)"))
  }

  @Test(
    arguments: [
      ([0x8A, 0], 0), ([0x8A, 1, 0xFF], -1), ([0x8A, 2, 0xFF, 0x7F], 32767),
      ([0x8B, 1, 0, 0, 0, 0x80], -128), ([0x4A, 0xFE, 0xFF, 0xFF, 0xFF], -2), ([0x4D, 1, 1], 257),
    ] as [([UInt8], Int)])
  func binaryIntegers(_ body: [UInt8], _ expected: Int) throws {
    #expect(try root(body).int == expected)
  }

  /// Bodies that break the machine's rules, with the opcode that the error names.
  @Test(
    arguments: [
      ([0x52], "REDUCE"), ([0x74], "TUPLE"), ([0x28, 0x4E, 0x86], "TUPLE2"), ([0x68, 3], "BINGET"),
      ([0x58, 0xFF, 0xFF, 0xFF, 0xFF], "BINUNICODE"),
      ([0x8D, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "BINUNICODE8"),
      ([0x96, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], "BYTEARRAY8"),
      ([0x95, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], "FRAME"), ([0x97], "NEXT_BUFFER"),
      ([0x80, 9], "PROTO"), ([0x4E, 0x4E, 0x61], "APPEND"), ([0x4E, 0x4E, 0x4E, 0x73], "SETITEM"),
      ([0x7D, 0x28, 0x4E, 0x75], "SETITEMS"), ([0x4E, 0x4E, 0x93], "STACK_GLOBAL"),
      ([0x28, 0x6F], "OBJ"), ([0x62], "BUILD"), ([0x30], "POP"), ([], "STOP"),
      (Array("Ix\n".utf8), "INT"), (Array("Fx\n".utf8), "FLOAT"), (Array("Sx\n".utf8), "STRING"),
      (Array("gx\n".utf8), "GET"), (Array("g-1\n".utf8), "GET"), (Array("p99".utf8), "PUT"),
    ] as [([UInt8], String)])
  func brokenRulesAreNamed(_ body: [UInt8], _ opcode: String) {
    let found = error(body)
    #expect(found?.code == .corruptPickle)
    #expect(found?.place.opcode == opcode)
    #expect(found?.place.entry == "archive/data.pkl")
  }

  @Test func persistentIDsOfUnknownKindsAreRefused() {
    #expect(error(Array("Psomething\n".utf8))?.code == .unsupported)
    #expect(error(Assemble.tuple([Assemble.text("blob")]) + [0x51])?.code == .unsupported)
  }

  /// The names that `pickletools` prints.
  @Test func opcodesHaveTheirNames() {
    #expect(error([0x6A, 9, 9, 9, 9])?.place.opcode == "LONG_BINGET")
    #expect(error([0x4E, 0x31])?.place.opcode == "POP_MARK")
    #expect(error([0x98])?.place.opcode == "READONLY_BUFFER")
    #expect(error([0x8C, 200])?.place.opcode == "SHORT_BINUNICODE")
  }

  @Test func unknownOpcodeIsNamed() {
    let found = error([0xFF])
    #expect(found?.code == .corruptPickle)
    #expect(found?.place.offset == 2)
    #expect(found?.problem.contains("0xff") == true)
  }

  @Test func laterKeysWin() throws {
    let value = try root(
      Assemble.dictionary([("a", [0x4E]), ("b", [0x88]), ("a", Assemble.integer(5))]))
    #expect(value["a"]?.int == 5)
    #expect(value.namedEntries.map(\.name) == ["a", "b"])
    #expect(value.namedEntries[0].value.int == 5)
  }

  @Test func slotsAreAttributes() throws {
    let state = Assemble.tuple([
      Assemble.dictionary([("a", Assemble.integer(1))]),
      Assemble.dictionary([("b", Assemble.integer(2))]),
    ])
    let value = try root(Assemble.global("m", "C") + [0x29, 0x81] + state + [0x62])
    #expect(value.attributes.map(\.name) == ["a", "b"])
    #expect(value.attribute("b")?.int == 2)
  }
}
