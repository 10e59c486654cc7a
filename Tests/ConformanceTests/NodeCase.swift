import ApusGraph
import ApusONNX
import ApusTensor
import ApusTestSupport
import Foundation

/// Why a case does not pass.
struct CaseFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Where the cases lie and where written models go; both are set by
/// `Tools/conformance/onnx-node-tests`.
enum ConformanceFolders {
  static let cases = folder("APUS_ONNX_NODE_CASES")
  private static let written = folder("APUS_ONNX_WRITTEN")

  private static func folder(_ variable: String) -> URL? {
    guard let path = ProcessInfo.processInfo.environment[variable], !path.isEmpty else {
      return nil
    }
    return URL(fileURLWithPath: path, isDirectory: true)
  }

  static func save(_ bytes: [UInt8], case name: String) throws {
    guard let written else { return }
    try Data(bytes).write(to: written.appendingPathComponent("\(name).onnx"))
  }
}

/// One of ONNX's node tests: a model of a few nodes, inputs, and the outputs they must give.
struct NodeCase {
  let name: String
  let folder: URL

  /// All cases of a folder, sorted by name.
  static func all(in folder: URL) throws -> [NodeCase] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.lastPathComponent.hasPrefix("test_") }
      .map { NodeCase(name: $0.lastPathComponent, folder: $0) }
      .sorted { $0.name < $1.name }
  }

  func operators() throws -> [OperatorKind] {
    try ONNXReader.operators(in: bytes("model.onnx"))
  }

  /// Runs the case and compares every output.
  func check(on executor: any Executor) throws {
    let graph = try ONNXReader.read(contentsOf: folder.appendingPathComponent("model.onnx"))
    var inputs: [String: Tensor] = [:]
    for (index, id) in graph.inputs.enumerated() {
      inputs[graph[id].name] = try tensor("input_\(index).pb")
    }
    let outputs = try executor.run(graph, inputs, case: name)
    guard outputs.count == graph.outputs.count else {
      throw CaseFailure("\(outputs.count) outputs instead of \(graph.outputs.count)")
    }
    for (index, found) in outputs.enumerated() {
      try Self.compare(found, try tensor("output_\(index).pb"), index)
    }
  }

  private func bytes(_ file: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appendingPathComponent(file)))
  }

  private func tensor(_ file: String) throws -> Tensor {
    try ONNXReader.readTensor(bytes(file)).tensor
  }

  private static func compare(_ found: Tensor, _ expected: Tensor, _ output: Int) throws {
    guard found.dtype == expected.dtype, found.shape == expected.shape else {
      throw CaseFailure(
        "output \(output) is \(found.dtype) \(found.shape), not \(expected.dtype) \(expected.shape)"
      )
    }
    let place: Int?
    if found.dtype.isFloatingPoint {
      let pairs = zip(found.doubles, expected.doubles)
      place = pairs.enumerated().first { !Tolerance.nodeTest.accepts($1.0, $1.1) }?.offset
    } else {
      place = zip(found.integers, expected.integers).enumerated().first { $1.0 != $1.1 }?.offset
    }
    if let place {
      throw CaseFailure(
        "output \(output) of shape \(found.shape) has \(found.doubles[place]) at \(place), not"
          + " \(expected.doubles[place])")
    }
  }
}
