import ApusCheckpoints
import ApusTensor
import Foundation
import Testing

/// Changes bytes at random: the same changes for the same seed.
struct Mutator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }

  /// Flips, overwrites, removes, repeats or cuts off bytes.
  mutating func mutate(_ original: [UInt8]) -> [UInt8] {
    let extremes: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF, 0x28, 0x52, 0x62, 0x68, 0x71, 0x74, 0x81]
    var bytes = original
    for _ in 0..<Int.random(in: 1...6, using: &self) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &self)
      let end = min(bytes.count, place + Int.random(in: 1...16, using: &self))
      switch Int.random(in: 0..<7, using: &self) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
      case 1: bytes[place] = UInt8.random(in: 0...255, using: &self)
      case 2: bytes[place] = extremes.randomElement(using: &self) ?? 0
      case 3: for index in place..<end { bytes[index] = 0xFF }
      case 4: bytes.removeSubrange(place..<end)
      case 5: bytes.insert(contentsOf: bytes[place..<end], at: place)
      default: if Int.random(in: 0..<8, using: &self) == 0 { bytes.removeSubrange(place...) }
      }
    }
    return bytes
  }
}

/// The readers survive what chance makes of their files.
///
/// `APUS_FUZZ` is the number of mutations of each file, `APUS_FUZZ_SEED` where they start.
@Suite("Fuzzing")
struct FuzzTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let count = environment["APUS_FUZZ"].flatMap(Int.init) ?? 2_000
  private static let seed = environment["APUS_FUZZ_SEED"].flatMap(UInt64.init) ?? 1

  private func fuzz(_ name: String, _ original: [UInt8], _ read: ([UInt8]) -> Bool) {
    var mutator = Mutator(seed: Self.seed)
    var accepted = 0
    for _ in 0..<Self.count where read(mutator.mutate(original)) { accepted += 1 }
    print("fuzz \(name): seed \(Self.seed), \(Self.count) mutations, \(accepted) still read")
    #expect(read(original), "the file itself is not read")
  }

  /// Limits that keep a run of many mutations in little memory.
  private var limits: CheckpointLimits {
    var limits = CheckpointLimits()
    limits.smallBytes = 1 << 20
    return limits
  }

  private func readsTorch(_ bytes: [UInt8]) -> Bool {
    guard let file = try? TorchCheckpoint(bytes: bytes, file: "fuzz.pt", limits: limits) else {
      return false
    }
    var budget = 500
    walk(file.root, &budget, depth: 0)
    _ = try? file.stateDict()
    return true
  }

  /// Looks at everything a value offers, up to a budget.
  private func walk(_ value: CheckpointValue, _ budget: inout Int, depth: Int) {
    budget -= 1
    guard budget > 0, depth < 20 else { return }
    _ = (value.kind, value.bool, value.int, value.double, value.string, value.className)
    _ = (value.description, value.isParameter, value.tensorType?.shape, value.bytes)
    _ = try? value.tensor()
    _ = try? value.module?.stateDict()
    for item in value.list ?? [] { walk(item, &budget, depth: depth + 1) }
    for entry in value.entries ?? [] {
      walk(entry.key, &budget, depth: depth + 1)
      walk(entry.value, &budget, depth: depth + 1)
    }
    for attribute in value.attributes { walk(attribute.value, &budget, depth: depth + 1) }
    for argument in value.arguments ?? [] { walk(argument, &budget, depth: depth + 1) }
  }

  @Test(arguments: ["views.pt", "views.legacy.pt", "module.pt"])
  func checkpoints(_ name: String) throws {
    fuzz(name, try Golden.bytes(name), readsTorch)
  }

  /// The pickle inside of an archive whose checksums are right.
  @Test(arguments: ["values.p0.pkl", "values.p2.pkl", "values.p5.pkl"])
  func pickles(_ name: String) throws {
    fuzz(name, try Golden.bytes(name)) { readsTorch(ArchiveBuilder(pickle: $0).encoded()) }
  }

  @Test func pickledModules() throws {
    let weight = Assemble.tensor(count: 4, sizes: [2, 2], strides: [2, 1])
    let inner = Assemble.module(parameters: [("weight", weight)], buffers: [("mean", weight)])
    let module = Assemble.module(modules: [("0", inner), ("1", inner)])
    fuzz("module.pkl", Assemble.pickle(Assemble.dictionary([("model", module)]))) {
      let archive = ArchiveBuilder(pickle: $0, storages: ["0": [UInt8](repeating: 1, count: 16)])
      return readsTorch(archive.encoded())
    }
  }

  @Test func safetensors() throws {
    fuzz("views.safetensors", try Golden.bytes("views.safetensors")) { bytes in
      guard let file = try? SafetensorsFile(bytes: bytes, file: "fuzz", limits: limits) else {
        return false
      }
      return (try? SafetensorsFile(bytes: file.encoded(), file: "again")) != nil
    }
  }
}
