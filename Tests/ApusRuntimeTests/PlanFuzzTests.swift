import ApusPlan
import ApusRuntime
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

/// Damaged plan files: every one is refused, or is read, loaded and run; none ends the program.
///
/// The section beside the plan is given out as it was written, or not at all.
/// `APUS_FUZZ` says how many mutations are tried.
@Suite struct PlanFuzzTests {
  static let mutations =
    ProcessInfo.processInfo.environment["APUS_FUZZ"].flatMap { Int($0) } ?? 2000

  static let section = (name: "extra", bytes: (0..<3000).map { UInt8($0 % 251) })

  @Test func survivesDamage() throws {
    let sound = try PlanFile.bytes(of: SamplePlan.plan, section: Self.section)
    let file = try TemporaryPlan(sound)
    var generator = SeededGenerator(seed: 20_261_122)
    for _ in 0..<Self.mutations / 10 {
      var bytes = sound
      if Bool.random(using: &generator) {
        bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
      } else {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^=
          1 << UInt8.random(in: 0..<8, using: &generator)
      }
      try file.write(bytes)
      // Every byte counts but the zeros between the parts.
      if let (plan, section) = try? PlanFile.open(file.path) {
        #expect(plan.listing == SamplePlan.plan.listing)
        #expect(section?.name == Self.section.name)
        if let bytes = try? section?.bytes() { #expect(bytes == Self.section.bytes) }
      }
    }
  }

  /// Files that were altered by someone who knows the checksum.
  @Test func survivesDeceit() throws {
    let sound = try PlanFile.bytes(of: SamplePlan.plan, section: Self.section)
    let end = try descriptionEnd(sound)
    let file = try TemporaryPlan(sound)
    var generator = SeededGenerator(seed: 20_261_123)
    var (read, loaded) = (0, 0)
    for _ in 0..<Self.mutations {
      var bytes = sound
      for _ in 0..<Int.random(in: 1...2, using: &generator) {
        mutate(&bytes, 16..<end, &generator)
      }
      seal(&bytes)
      try file.write(bytes)
      guard let (plan, section) = try? PlanFile.open(file.path) else { continue }
      read += 1
      if let section { #expect((try? section.bytes().count) == section.count) }
      guard !plan.listing.isEmpty, isSmall(plan), let session = try? Session(plan) else { continue }
      loaded += 1
      try? session.run()
    }
    #expect(read > Self.mutations / 20)
    #expect(loaded > Self.mutations / 50)
  }

  private func descriptionEnd(_ bytes: [UInt8]) throws -> Int {
    96 + bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: 24, as: UInt64.self)) }
  }

  private func mutate(
    _ bytes: inout [UInt8], _ range: Range<Int>, _ generator: inout SeededGenerator
  ) {
    let place = Int.random(in: range, using: &generator)
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
    case 2: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
    default:
      // A whole number of the size that most have.
      let value = [0, 1, -1, .max, .min, 1 << 20, 1 << 32, 1 << 40].randomElement(using: &generator)
      withUnsafeBytes(of: (value ?? 0).littleEndian) {
        for (index, byte) in $0.enumerated() where place + index < range.upperBound {
          bytes[place + index] = byte
        }
      }
    }
  }

  /// Whether a plan runs in a moment.
  private func isSmall(_ plan: Plan) -> Bool {
    guard plan.arenaCount < 1 << 24 else { return false }
    return plan.steps.allSatisfy { step in
      let window: WindowParameters
      switch step.operation {
      case .convolution(let step): window = step.window
      case .depthwise(let step): window = step.window
      case .pool(let step): window = step.window
      case .feature(.pool(let step)): window = step.window
      default: return true
      }
      return window.kernel.allSatisfy { $0 < 64 }
    }
  }
}
