import ApusGraph
import ApusKernels
import ApusONNX
import ApusPlan
import ApusRuntime
import ApusTensor
import ApusTestSupport
import ApusToolkit
import Foundation
import Testing

/// Plan files on machines that have their instruction set, and on those that have not.
@Suite struct PlanModelTests {
  let plans: PlanFolder

  init() throws { plans = try PlanFolder() }

  /// Reads a plan and what is said of it.
  private func read(_ path: String, for isa: ISA? = nil) throws -> (plan: Plan, notes: [String]) {
    var notes: [String] = []
    let plan = try PlanModel.read(path, environment: PlanFolder.environment(isa)) {
      notes.append($0)
    }
    return (plan, notes)
  }

  private func outputs(_ plan: Plan) throws -> [Float] {
    try Session(plan).run(inputs: [PlanNetwork.picture])[0].elements(as: Float.self)
  }

  /// What is compiled from the file is, byte by byte, what is compiled from the model.
  @Test(arguments: PlanNetwork.all, ISA.available)
  func anInstructionSetThatIsNotAllowedIsCompiledAnew(_ network: PlanNetwork, _ isa: ISA) throws {
    let path = try plans.compile(network)
    let original = try PlanFile.read(path)
    let (plan, notes) = try read(path, for: isa)
    #expect(plan.isa == isa.rawValue)
    let direct = try PlanFile.read(plans.compile(network, for: isa, name: "direct.apus"))
    #expect(plan.listing == direct.listing)
    #expect(try PlanFile.bytes(of: plan) == PlanFile.bytes(of: direct))
    if isa == .best {
      #expect(notes.isEmpty)
    } else {
      #expect(notes.count == 1)
      for word in ["'\(path)'", "for \(original.isa)", "APUS_ISA=\(isa) ", "anew for \(isa) "] {
        #expect(notes.first?.contains(word) == true, "\(notes)")
      }
    }
    let (found, expected) = (try outputs(plan), try outputs(original))
    #expect(Set(expected).count > 20)
    if network.isQuantised {
      #expect(found == expected)
    } else {
      let tolerance: Tolerance = network.precision == .bf16 ? .halfPrecision : .reordered
      for (a, b) in zip(found, expected) { #expect(tolerance.accepts(Double(a), Double(b))) }
    }
  }

  @Test(arguments: PlanNetwork.all)
  func aPlanForLessThanTheMachineHasRunsAsItIs(_ network: PlanNetwork) throws {
    let path = try plans.compile(network, for: .scalar)
    for isa in [nil, ISA.best, .scalar] {
      let (plan, notes) = try read(path, for: isa)
      #expect(plan.isa == "scalar" && notes.isEmpty)
    }
  }

  @Test func aPlanForAnotherProcessorIsCompiledAnew() throws {
    let missing = try #require(ISA.allCases.first { !ISA.available.contains($0) })
    let (plan, section) = try PlanFile.open(plans.compile(PlanNetwork.all[3]))
    let portable = try #require(section)
    for isa in [missing.rawValue, "sse17"] {
      let path = try plans.write(plan.named(isa: isa), (portable.name, portable.bytes()))
      let (anew, notes) = try read(path)
      #expect(anew.listing == plan.listing)
      #expect(
        notes == [
          "'\(path)': is compiled for \(isa), which this machine lacks; compiled anew for"
            + " \(ISA.best) from the portable model in the file"
        ])
      #expect(try outputs(anew) == outputs(plan))
    }
  }

  /// Whether inputs and outputs stay maps is told in the section too.
  @Test func inputsAndOutputsKeepTheirForm() throws {
    let (plan, found) = try PlanFile.open(plans.compile(PlanNetwork.all[3]))
    let section = try #require(found)
    var graph = try ONNXReader.read(section.bytes())
    let settings = try #require(graph.metadata["apus.compile"])
    for keepsMaps in [false, true] {
      graph.metadata["apus.compile"] = settings.replacing(
        "\"keepsMaps\":false", with: "\"keepsMaps\":\(keepsMaps)")
      let path = try plans.write(
        plan.named(isa: "none"), (section.name, ONNXWriter.bytes(of: graph)))
      let anew = try read(path).plan
      for port in anew.inputs + anew.outputs {
        let isMap = if case .map = port.holder { true } else { false }
        #expect(isMap == keepsMaps, "\(port.name)")
      }
      #expect(try outputs(anew) == outputs(plan))
    }
  }

  @Test func withoutAPortableModelTheErrorSaysHowToGetOne() throws {
    let path = try plans.compile(PlanNetwork.all[0], isPortable: false)
    let plan = try PlanFile.read(path)
    #expect(try read(path).notes.isEmpty)
    let missing = try #require(ISA.allCases.first { !ISA.available.contains($0) })
    let foreign = try PlanFile.bytes(of: plan.named(isa: missing.rawValue))
    let named = try PlanFile.bytes(of: plan.named(isa: missing.rawValue), section: ("else", [1]))
    for bytes in [foreign, named] {
      try expectError(plans.write(bytes), ["\(missing)", "lacks", "compile", "--no-portable"])
    }
    try #require(ISA.best != .scalar)
    try expectError(path, for: .scalar, ["\(ISA.best)", "APUS_ISA=scalar", "--no-portable"])
  }

  @Test func anInstructionSetThatIsNoneIsNamed() throws {
    let path = try plans.compile(PlanNetwork.all[0])
    let error = #expect(throws: ApusError.self) {
      _ = try PlanModel.read(path, environment: ["APUS_ISA": "mmx"]) { _ in }
    }
    #expect(error?.message.contains("APUS_ISA=mmx") == true && error?.kind == .failure)
  }

  /// Damage of the portable model matters only where it is needed.
  @Test func aDamagedPortableModelIsRefusedWhereItIsNeeded() throws {
    try #require(ISA.best != .scalar)
    let path = try plans.compile(PlanNetwork.all[3])
    let expected = try outputs(PlanFile.read(path))
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    bytes[bytes.count - 100] ^= 1
    let altered = try plans.write(bytes)
    let (plan, notes) = try read(altered)
    #expect(try outputs(plan) == expected && notes.isEmpty)
    try expectError(altered, for: .scalar, ["altered", "portable.onnx", "apus compile"])
  }

  /// Sections under right checksums that hold something else.
  @Test func aPortableModelThatIsNoneIsRefused() throws {
    let (plan, section) = try PlanFile.open(plans.compile(PlanNetwork.all[0]))
    let portable = try #require(section)
    let bytes = try portable.bytes()
    let graph = try ONNXReader.read(bytes)
    let sound = try #require(graph.metadata["apus.compile"])
    func told(_ settings: String?) throws -> [UInt8] {
      var copy = graph
      copy.metadata["apus.compile"] = settings
      return try ONNXWriter.bytes(of: copy)
    }
    func settings(_ old: String, _ new: String) throws -> [UInt8] {
      let changed = sound.replacing(old, with: new)
      #expect(changed != sound)
      return try told(changed)
    }
    let other = try PlanFile.open(
      plans.compile(PlanNetwork(name: "other", outputs: 8), name: "other.apus")
    ).section
    let cases: [(String, [UInt8], String)] = try [
      ("other bytes", [1, 2, 3], "portable model"),
      ("half of it", Array(bytes.prefix(bytes.count / 2)), "portable model"),
      ("no settings", told(nil), "how it was compiled"),
      ("no JSON", told("{"), "how it was compiled"),
      ("settings without a precision", told("{}"), "how it was compiled"),
      ("another precision", settings("fp32", "fp7"), "precision"),
      ("a size below 0", settings("{}", "{\"images\":[1,3,-24,24]}"), "sizes"),
      ("another size", settings("{}", "{\"images\":[1,3,48,48]}"), "another model"),
      ("an input that is none", settings("{}", "{\"nothing\":[1]}"), "not an input"),
      ("another model", #require(other).bytes(), "another model"),
    ]
    let foreign = plan.named(isa: "sse17")
    for (name, bytes, word) in cases {
      let path = try plans.write(foreign, (portable.name, bytes))
      try expectError(path, [word], name)
    }
  }

  private func expectError(
    _ path: String, for isa: ISA? = nil, _ words: [String], _ comment: String = "",
    at location: SourceLocation = #_sourceLocation
  ) throws {
    let error = #expect(throws: ApusError.self, "\(comment)", sourceLocation: location) {
      _ = try PlanModel.read(path, environment: PlanFolder.environment(isa)) { _ in
        Issue.record("a note before an error", sourceLocation: location)
      }
    }
    #expect(error?.kind == .failure, sourceLocation: location)
    for word in words + ["'\(path)'"] {
      #expect(
        error?.message.contains(word) == true, "\(comment): \(error?.message ?? "")",
        sourceLocation: location)
    }
  }
}

extension Plan {
  /// The plan under the name of another instruction set.
  func named(isa: String) -> Plan {
    Plan(
      name: name, isa: isa, tileRows: tileRows, inputs: inputs, outputs: outputs, steps: steps,
      arenaCount: arenaCount, constants: constants, slotCount: slotCount)
  }
}
