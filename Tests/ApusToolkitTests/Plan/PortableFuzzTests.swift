import ApusKernels
import ApusPlan
import ApusTestSupport
import ApusToolkit
import Foundation
import Testing

/// Portable models that were altered by someone who knows the checksum: each is compiled or refused; none ends the
/// program.
///
/// `APUS_FUZZ` says how many mutations are tried.
@Suite struct PortableFuzzTests {
  static let mutations =
    (ProcessInfo.processInfo.environment["APUS_FUZZ"].flatMap { Int($0) } ?? 2000) / 10

  @Test(arguments: [PlanNetwork.all[1], PlanNetwork.all[3]])
  func survivesDeceit(_ network: PlanNetwork) throws {
    let folder = try PlanFolder()
    let (original, section) = try PlanFile.open(folder.compile(network))
    let sound = try #require(section)
    let plan = original.named(isa: "none")
    let bytes = try sound.bytes()
    var generator = SeededGenerator(seed: 20_261_124)
    var compiled = 0
    for _ in 0..<Self.mutations {
      var altered = bytes
      for _ in 0..<Int.random(in: 1...3, using: &generator) { mutate(&altered, &generator) }
      let path = try folder.write(plan, (sound.name, altered))
      do {
        let found = try PlanModel.read(path, environment: ["APUS_ISA": "scalar"]) { _ in }
        #expect(found.isa == "scalar" && found.outputs.map(\.shape) == plan.outputs.map(\.shape))
        compiled += 1
      } catch {
        #expect(error.kind == .failure && error.message.contains("'\(path)'"))
      }
    }
    // If all were refused or none, only one of the two would be tested.
    #expect(compiled > 0 && compiled < Self.mutations)
  }

  private func mutate(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    // Weights fill most of the bytes, while names, sizes and attributes lie at both ends.
    let end = Int.random(in: 1...bytes.count, using: &generator)
    let isNear = Bool.random(using: &generator)
    let place = isNear ? Int.random(in: 0..<min(4000, end), using: &generator) : end - 1
    switch Int.random(in: 0..<5, using: &generator) {
    case 0, 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 2: bytes[place] = UInt8.random(in: 0...255, using: &generator)
    case 3: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
    default: bytes.remove(at: place)
    }
  }
}
