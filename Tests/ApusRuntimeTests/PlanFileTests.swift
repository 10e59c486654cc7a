import ApusKernels
import ApusPlan
import ApusRuntime
import ApusTensor
import Foundation
import Testing

/// A plan file that is removed with its last user.
final class TemporaryPlan {
  let path = NSTemporaryDirectory() + "apus-\(UUID().uuidString).apus"

  init(_ bytes: [UInt8]) throws { try write(bytes) }

  func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Makes the checksums right again after bytes were changed.
func seal(_ bytes: inout [UInt8]) {
  func word(_ offset: Int) -> Int {
    bytes.withUnsafeBytes {
      Int(truncatingIfNeeded: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
  }
  func put(_ hashed: some Sequence<UInt8>, _ offset: Int) {
    let value = Array(hashed).withUnsafeBytes { XXH64.hash($0) }
    withUnsafeBytes(of: value.littleEndian) { bytes.replaceSubrange(offset..<offset + 8, with: $0) }
  }
  guard bytes.count >= 96 else { return }
  let (description, start, count, section) = (word(24), word(32), word(40), word(72))
  if start >= 0, start <= bytes.count, count >= 0, count <= bytes.count - start {
    put(bytes[start..<start + count], 48)
  }
  if section > 0, section <= bytes.count { put(bytes.suffix(section), 80) }
  if description >= 0, description <= bytes.count - 96 {
    put(bytes[..<88] + bytes[96..<96 + description], 88)
  }
}

@Suite struct PlanFileTests {
  let input = Tensor(
    (0..<SamplePlan.count).map { Float($0 % 97) / 97 },
    shape: [SamplePlan.images, SamplePlan.channels, SamplePlan.side, SamplePlan.side])

  /// Test vectors of the reference implementation.
  @Test(
    arguments: [
      ("", 0xEF46_DB37_51D8_E999), ("a", 0xD24E_C4F1_A98C_6E5B), ("abc", 0x44BC_2CF5_AD77_0999),
      ("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1),
    ] as [(String, UInt64)])
  func checksumsAreXXH64(_ text: String, _ expected: UInt64) {
    #expect(Array(text.utf8).withUnsafeBytes { XXH64.hash($0) } == expected)
  }

  @Test func aPlanIsReadAsItWasWritten() throws {
    let plan = SamplePlan.plan
    let bytes = try PlanFile.bytes(of: plan)
    let file = try TemporaryPlan(bytes)
    let read = try PlanFile.read(file.path)
    #expect(read.listing == plan.listing)
    #expect(try PlanFile.bytes(of: read) == bytes)
    let expected = try Session(plan).run(inputs: [input])
    #expect(try Session(read, threads: 2).run(inputs: [input]) == expected)
    #expect(expected[0].floats.allSatisfy { $0.isFinite })
    #expect(Set(expected[0].floats).count > 100)
  }

  /// Every instruction set has tiles and packing of its own.
  @Test func thePlanOutlivesItsFile() throws {
    var file: TemporaryPlan? = try TemporaryPlan(PlanFile.bytes(of: SamplePlan.plan))
    let read = try PlanFile.read(try #require(file).path)
    file = nil
    let expected = try Session(SamplePlan.plan).run(inputs: [input])
    #expect(try Session(read).run(inputs: [input]) == expected)
  }

  @Test func hostStepsAreRefusedWithTheirOperators() {
    let plan = SamplePlan.plan
    let steps =
      plan.steps
      + ["NonZero", "Unique", "NonZero"].map {
        Plan.Step(
          name: "n", operators: $0,
          operation: .host(HostStep(call: 0, name: $0, inputs: [], outputs: [])),
          multiplyAccumulates: 0, bytes: 0)
      }
    let mixed = Plan(
      name: "", isa: plan.isa, tileRows: plan.tileRows, inputs: [], outputs: [], steps: steps,
      arenaCount: plan.arenaCount, constants: plan.constants, slotCount: 0)
    let error = #expect(throws: PlanFileError.self) { _ = try PlanFile.bytes(of: mixed) }
    #expect(error?.code == .hostSteps)
    #expect(error?.message.contains("3 steps") == true)
    #expect(error?.message.contains("NonZero, Unique;") == true)
  }

  @Test func filesThatAreNoPlansAreRefused() throws {
    try expect(.format, []) { $0 = [] }
    try expect(.format, ["APUSPLAN"]) { $0 = Array("PK\u{3}\u{4} something else".utf8) }
    try expect(.truncated, []) { $0 = Array("APUSPLAN".utf8) }
    #expect(throws: PlanFileError.self) { _ = try PlanFile.read("/nowhere/a.apus") }
    #expect(throws: PlanFileError.self) { _ = try PlanFile.read(NSTemporaryDirectory()) }
    #expect(throws: PlanFileError.self) { _ = try PlanFile.read("/dev/zero") }
  }

  @Test func anotherVersionIsRefusedByItsNumber() throws {
    try expect(.version, ["version 77", "version \(PlanFile.version)", "apus compile"]) {
      $0[8] = 77
      seal(&$0)
    }
  }

  @Test func truncatedFilesAreRefused() throws {
    let count = try PlanFile.bytes(of: SamplePlan.plan).count
    for length in [9, 95, 96, 97, 1000, count / 2, count - 1] {
      try expect(.truncated, ["has \(length) bytes"]) { $0.removeLast($0.count - length) }
    }
    try expect(.truncated, ["has \(count + 1) bytes where \(count)"]) { $0.append(0) }
  }

  @Test func alteredFilesAreRefused() throws {
    let count = try PlanFile.bytes(of: SamplePlan.plan).count
    for place in [24, 32, 40, 48, 56, 72, 80, 88, 96, 150, 2000, count - 1, count - 100] {
      try expect(.checksum, ["altered"]) { $0[place] ^= 0x10 }
    }
  }

  /// Plans that say of themselves what cannot be, under right checksums.
  @Test func plansThatContradictThemselvesAreRefused() throws {
    let plan = SamplePlan.plan
    func changed(
      arena: Int? = nil, steps: [Plan.Step]? = nil, inputs: [Plan.Binding]? = nil
    ) throws -> [UInt8] {
      try PlanFile.bytes(
        of: Plan(
          name: "", isa: plan.isa, tileRows: plan.tileRows, inputs: inputs ?? plan.inputs,
          outputs: [], steps: steps ?? plan.steps, arenaCount: arena ?? plan.arenaCount,
          constants: plan.constants, slotCount: 0))
    }
    func step(_ operation: ApusPlan.Operation, work: Int = 0) -> [Plan.Step] {
      [
        Plan.Step(
          name: "odd", operators: "", operation: operation, multiplyAccumulates: work, bytes: 0)
      ]
    }
    let (a, b) = (Place(.arena, offset: 0, count: 64), Place(.arena, offset: 64, count: 64))
    let constant = Place(.constants, offset: 0, count: 64)
    let relu = ApusPlan.Operation.unary(UnaryStep(function: .relu, source: a, destination: b))
    var strange = SamplePlan.window
    strange.strides = [0, 1]
    let cases: [[UInt8]] = try [
      changed(arena: 5), changed(arena: -1), changed(arena: .max),
      changed(steps: step(relu, work: -1)),
      changed(steps: step(relu, work: .max) + step(relu, work: .max)),
      changed(steps: step(.unary(UnaryStep(function: .relu, source: a, destination: constant)))),
      changed(
        steps: step(.pool(PoolStep(pooling: .maximum, window: strange, source: a, destination: b)))),
      changed(
        steps: step(.softmax(SoftmaxStep(length: .max, inner: .max, source: a, destination: b)))),
      changed(
        steps: step(
          .gather(
            GatherStep(width: 8, height: 8, rows: [9], columns: [0], source: a, destination: b)))),
      changed(
        steps: step(
          .interpolate(
            InterpolateStep(
              width: 8, height: 8, rows: (0..<8).map { _ in .nan },
              columns: (0..<8).map(Float.init), source: a, destination: b)))),
      changed(
        steps: step(
          .copy(
            CopyStep(
              boxes: [
                CopyStep.Box(source: a, sourceStrides: [.max], destinationStrides: [1], shape: [3])
              ], destination: b)))),
      changed(inputs: [Plan.Binding(name: "x", dtype: .float32, shape: [65], holder: .place(a))]),
      changed(inputs: [Plan.Binding(name: "x", dtype: .float32, shape: nil, holder: .slot(0))]),
      changed(
        inputs: [Plan.Binding(name: "x", dtype: .float32, shape: [64], holder: .place(constant))]),
    ]
    for (index, bytes) in cases.enumerated() {
      let file = try TemporaryPlan(bytes)
      let error = #expect(throws: PlanFileError.self, "case \(index)") {
        _ = try PlanFile.read(file.path)
      }
      #expect(error?.code == .plan, "case \(index)")
    }
  }

  @Test func aFileForAnotherProcessorIsReadButNotRun() throws {
    let missing = try #require(ISA.allCases.first { !ISA.available.contains($0) })
    let plan = SamplePlan.plan
    let file = try TemporaryPlan(
      PlanFile.bytes(
        of: Plan(
          name: plan.name, isa: missing.rawValue, tileRows: plan.tileRows, inputs: plan.inputs,
          outputs: plan.outputs, steps: plan.steps, arenaCount: plan.arenaCount,
          constants: plan.constants, slotCount: 0)))
    let read = try PlanFile.read(file.path)
    let error = #expect(throws: RuntimeError.self) { _ = try Session(read) }
    #expect(error?.code == .processor)
    #expect(error?.message.contains("compile the model again") == true)
  }

  /// Changes the bytes of a sound file and expects an error that names the file and says what to do.
  private func expect(
    _ code: PlanFileError.Code, _ words: [String], _ change: (inout [UInt8]) -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var bytes = try PlanFile.bytes(of: SamplePlan.plan)
    change(&bytes)
    let file = try TemporaryPlan(bytes)
    let error = #expect(throws: PlanFileError.self, sourceLocation: sourceLocation) {
      _ = try PlanFile.read(file.path)
    }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    for word in words + [file.path, "compile"] {
      #expect(
        error?.message.contains(word) == true, "\(error?.message ?? "")",
        sourceLocation: sourceLocation)
    }
  }
}
