import ApusGraph
import ApusInterpreter
import ApusONNX
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

/// Damaged models: every one is read or refused, none ends the program.
///
/// `APUS_FUZZ` says how many mutations are tried. With `APUS_FUZZ_CASES` a folder of ONNX node
/// cases is mutated too, so that every operator's reading and shape rule is met.
@Suite struct FuzzTests {
  private static let seed: UInt64 = 20_261_121

  private static let mutations =
    ProcessInfo.processInfo.environment["APUS_FUZZ"].flatMap { Int($0) } ?? 2000

  /// Small limits, so that a mutation cannot make the test slow.
  private static let limits: ONNXLimits = {
    var limits = ONNXLimits()
    limits.tensorBytes = 1 << 24
    limits.totalTensorBytes = 1 << 26
    return limits
  }()

  /// A model with something of everything the reader knows.
  private static let seedModel = Message.model(extra: {
    for (key, value) in [("names", "{0: 'a', 1: 'b'}"), ("stride", "32"), ("imgsz", "[64, 64]")] {
      $0.message(14) { entry in
        entry.text(1, key)
        entry.text(2, value)
      }
    }
    $0.message(8) { entry in
      entry.text(1, "local")
      entry.varint(2, 1)
    }
    $0.message(25) { function in
      function.text(1, "Twice")
      function.text(4, "x")
      function.text(5, "y")
      function.message(7) { node in
        for name in ["x", "x"] { node.text(1, name) }
        node.text(2, "y")
        node.text(4, "Add")
      }
      function.text(10, "local")
    }
  }) {
    $0.node("Reshape", ["b", "shape"], ["c"])
    $0.node("Twice", ["a"], ["b"], domain: "local")
    $0.node("Concat", ["c", "w"], ["d"]) {
      $0.message(5) { attribute in
        attribute.text(1, "axis")
        attribute.varint(3, 1)
        attribute.varint(20, 2)
      }
    }
    $0.node("Fancy", ["d"], ["e"], domain: "x.y") {
      $0.message(5) { attribute in
        attribute.text(1, "body")
        attribute.message(6) { graph in
          graph.node("Relu", ["d"], ["t"])
          graph.output("t")
        }
        attribute.varint(20, 5)
      }
    }
    $0.node("MaxPool", ["i"], ["p"]) {
      $0.message(5) { attribute in
        attribute.text(1, "kernel_shape")
        for size in [2, 2] { attribute.varint(8, size) }
        attribute.varint(20, 7)
      }
    }
    $0.initializer("shape", [2], type: 7) { for size in [2, -1] { $0.varint(7, size) } }
    $0.initializer("w", [2, 1], type: 1) { $0.bytes(9, [0, 0, 128, 63, 0, 0, 0, 64]) }
    $0.input("a", [4])
    $0.input("i", [1, 1, 4, 4])
    for name in ["d", "e", "p"] { $0.output(name) }
  }

  @Test func theModelThatIsMutatedIsSound() throws {
    #expect(try ONNXReader.read(Self.seedModel).nodes.count == 5)
  }

  @Test func survivesMutations() throws {
    var generator = SeededGenerator(seed: Self.seed)
    var read = 0
    let models = [Self.seedModel] + Self.nodeCases()
    for index in 0..<Self.mutations {
      let bytes = Self.mutated(models[index % models.count], &generator)
      if Self.survives(bytes) { read += 1 }
    }
    // If no mutation could be read, only the parser would be tested.
    #expect(read > 0 || Self.mutations < 100, "seed \(Self.seed)")
    print("ONNX fuzz: \(Self.mutations) mutations of \(models.count) models, \(read) readable")
  }

  @Test(.enabled(if: Shared.isPresent, "\(Shared.absence)"))
  func refusesRealModelsThatAreCut() throws {
    var generator = SeededGenerator(seed: Self.seed)
    for path in ["models/yolov5/yolov5n.onnx", "models/yolov10/yolov10n.onnx"] {
      let bytes = try Shared.bytes(path)
      for _ in 0..<max(4, Self.mutations / 500) {
        let length = Int.random(in: 0..<bytes.count, using: &generator)
        #expect(throws: ONNXError.self, "\(path) cut at \(length)") {
          try ONNXReader.read(Array(bytes.prefix(length)))
        }
      }
    }
  }

  /// Models of the node cases, where they have been written.
  private static func nodeCases() -> [[UInt8]] {
    guard let path = ProcessInfo.processInfo.environment["APUS_FUZZ_CASES"], !path.isEmpty,
      let names = try? FileManager.default.contentsOfDirectory(atPath: path)
    else { return [] }
    return names.sorted().compactMap { name in
      let url = URL(fileURLWithPath: path).appendingPathComponent("\(name)/model.onnx")
      return (try? Data(contentsOf: url)).map { [UInt8]($0) }
    }
  }

  /// Reads the bytes, and writes and reads again what could be read.
  private static func survives(_ bytes: [UInt8]) -> Bool {
    guard let graph = try? ONNXReader.read(bytes, limits: limits) else { return false }
    guard let written = try? ONNXWriter.bytes(of: graph) else { return true }
    _ = try? ONNXReader.read(written, limits: limits)
    return true
  }

  /// Up to four changes: bits, bytes, interesting numbers, a cut, a repeated or a removed stretch.
  ///
  /// Half of the mutations keep the length, so that lengths of messages still fit and what lies
  /// deeper is met.
  private static func mutated(
    _ original: [UInt8], _ generator: inout SeededGenerator
  ) -> [UInt8] {
    var bytes = original
    let kinds = Bool.random(using: &generator) ? 0..<4 : 0..<8
    for _ in 0..<Int.random(in: 1...(kinds.count / 2), using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      let length = min(Int.random(in: 1...16, using: &generator), bytes.count - place)
      switch Int.random(in: kinds, using: &generator) {
      case 0, 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 2: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 3: bytes[place] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &generator) ?? 0
      case 4: bytes.removeSubrange(place..<place + length)
      case 5: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
      case 6: bytes.replaceSubrange(place..<place, with: [UInt8](repeating: 0xff, count: 9) + [1])
      default: bytes.removeLast(bytes.count - place)
      }
    }
    return bytes
  }
}
