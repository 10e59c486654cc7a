import ApusTestSupport
import Foundation
import Testing

/// A folder of files that a command line is tried on.
struct Workplace {
  let folder: URL

  /// Calls `body` with a fresh folder that is removed afterwards.
  static func with(_ body: (Workplace) throws -> Void) throws {
    try Apus.withFolder { try body(Workplace(folder: $0)) }
  }

  /// Writes a file, and gives its name.
  @discardableResult
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: folder.appendingPathComponent(name))
    return name
  }

  /// Every file and folder, with the contents of the files.
  func contents() throws -> [String: Data] {
    var found: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      let file = folder.appendingPathComponent(path)
      found[path] = (try? Data(contentsOf: file)) ?? Data("folder".utf8)
    }
    return found
  }

  /// Runs the command line in the folder.
  func run(_ arguments: [String], _ setting: Apus.Setting = Apus.Setting()) throws -> Apus.Result {
    var setting = setting
    setting.folder = folder
    return try Apus.run(arguments, setting)
  }

  /// Expects one clear error that holds all the given words, the exit code, and no file changed or added.
  ///
  /// A run may map 6 GiB: what a file declares must not be asked for.
  func refuses(
    _ arguments: [String], status: Int32 = 1, says words: [String],
    _ setting: Apus.Setting = Apus.Setting(), at location: SourceLocation = #_sourceLocation
  ) throws {
    var setting = setting
    setting.memory = setting.memory ?? 6 << 20
    let before = try contents()
    let result = try run(arguments, setting)
    let command = "apus \(arguments.joined(separator: " "))"
    #expect(
      result.status == status, "\(command): \(result.output)\(result.errors)",
      sourceLocation: location)
    #expect(
      result.errors.hasPrefix("apus: error: "), "\(command): \(result.errors)",
      sourceLocation: location)
    for word in words {
      #expect(
        result.errors.contains(word), "\(command) does not say '\(word)': \(result.errors)",
        sourceLocation: location)
    }
    #expect(result.output.isEmpty, "\(command) prints: \(result.output)", sourceLocation: location)
    #expect(try contents() == before, "\(command) changes files", sourceLocation: location)
  }
}

/// The smallest ONNX files, written without an ONNX library.
extension Message {
  /// A model file of operator set 13 with the given graph.
  static func model(_ graph: (inout Message) -> Void) -> [UInt8] {
    Message {
      $0.varint(1, 8)
      $0.message(7, graph)
      $0.message(8) { $0.varint(2, 13) }
    }.bytes
  }

  /// A node called after its operator and first output.
  mutating func node(
    _ op: String, _ inputs: [String], _ outputs: [String], domain: String = "",
    integers: [(String, [Int])] = []
  ) {
    message(1) {
      for input in inputs { $0.text(1, input) }
      for output in outputs { $0.text(2, output) }
      $0.text(3, "\(op)_\(outputs.first ?? "")")
      $0.text(4, op)
      for (name, values) in integers {
        $0.message(5) {
          $0.text(1, name)
          for value in values { $0.varint(8, value) }
          $0.varint(20, 7)
        }
      }
      if !domain.isEmpty { $0.text(7, domain) }
    }
  }

  /// An input of the graph, float32.
  mutating func input(_ name: String, _ shape: [Int]) { value(11, name, shape) }

  /// An output of the graph, float32.
  mutating func output(_ name: String, _ shape: [Int]) { value(12, name, shape) }

  private mutating func value(_ field: Int, _ name: String, _ shape: [Int]) {
    message(field) {
      $0.text(1, name)
      $0.message(2) {
        $0.message(1) {
          $0.varint(1, 1)
          $0.message(2) { for size in shape { $0.message(1) { $0.varint(1, size) } } }
        }
      }
    }
  }

  /// A constant of float32 elements, all of one value.
  mutating func floats(_ name: String, _ shape: [Int], _ value: Float = 0.5, count: Int? = nil) {
    let size = count ?? shape.reduce(1, *)
    let element = withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init)
    constant(name, shape, type: 1, data: (0..<size).flatMap { _ in element })
  }

  /// A constant of int64 elements.
  mutating func integers(_ name: String, _ values: [Int]) {
    constant(
      name, [values.count], type: 7,
      data: values.flatMap { withUnsafeBytes(of: Int64($0).littleEndian, Array.init) })
  }

  private mutating func constant(_ name: String, _ shape: [Int], type: Int, data: [UInt8]) {
    message(5) {
      for size in shape { $0.varint(1, size) }
      $0.varint(2, type)
      $0.text(8, name)
      $0.bytes(9, data)
    }
  }
}

/// Small networks.
enum Network {
  /// A network from `[batch, channels, 64, 64]` to `[batch, 4, columns]`: boxes, objectness and scores.
  static func detector(batch: Int = 1, channels: Int = 3, columns: Int = 8) -> [UInt8] {
    Message.model {
      $0.node(
        "MaxPool", ["images"], ["pooled"],
        integers: [("kernel_shape", [32, 32]), ("strides", [32, 32])])
      $0.node("Conv", ["pooled", "weights"], ["mixed"], integers: [("kernel_shape", [1, 1])])
      $0.node("Reshape", ["mixed", "sizes"], ["rows"])
      $0.node("Transpose", ["rows"], ["turned"], integers: [("perm", [0, 2, 1])])
      $0.node("Sigmoid", ["turned"], ["output0"])
      $0.floats("weights", [columns, channels, 1, 1])
      $0.integers("sizes", [batch, columns, 4])
      $0.input("images", [batch, channels, 64, 64])
      $0.output("output0", [batch, 4, columns])
    }
  }

  /// One node from `x` to `y`, with a constant `c` of integers.
  static func node(
    _ op: String, _ inputs: [String], constant: [Int], input: [Int] = [1, 3, 8, 8],
    output: [Int] = [1]
  ) -> [UInt8] {
    Message.model {
      $0.node(op, inputs, ["y"])
      $0.integers("c", constant)
      $0.input("x", input)
      $0.output("y", output)
    }
  }

  /// An operator nobody knows, a no-op, and an operator that is known.
  static let unknownOperator = Message.model {
    $0.node("Frobnicate", ["images"], ["odd"], domain: "com.acme")
    $0.node("Relu", ["odd"], ["output0"])
    $0.input("images", [1, 3, 64, 64])
    $0.output("output0", [1, 4, 8])
  }

  /// A network whose input is no picture.
  static let ofVectors = Message.model {
    $0.node("Relu", ["numbers"], ["output0"])
    $0.input("numbers", [1, 8])
    $0.output("output0", [1, 8])
  }
}
