import ApusCompiler
import ApusGraph
import ApusKernels
import ApusONNX
import ApusPlan
import ApusTensor
import Foundation

/// What a plan was compiled from, kept in its file so that it can be compiled for another processor.
///
/// It is an ONNX model that needs no other file: the graph before operators that ONNX lacks were recognised in it, and
/// how it was compiled, as JSON in its metadata.
struct PortableModel {
  /// The name of the section of the plan file.
  static let sectionName = "portable.onnx"
  private static let key = "apus.compile"

  private let graph: Graph
  private let settings: Settings

  /// What a compiler is told beside the graph.
  private struct Settings: Codable {
    let precision: String
    let keepsMaps: Bool
    let inputShapes: [String: [Int]]
  }

  /// A model's `simplifiedGraph()`, and what else the compiler was given.
  init(_ graph: Graph, inputShapes: [String: Shape], compiler: Compiler) {
    self.graph = graph
    settings = Settings(
      precision: compiler.precision.rawValue, keepsMaps: compiler.keepsMaps,
      inputShapes: inputShapes.mapValues(\.dimensions))
  }

  /// Reads a section.
  init(_ section: PlanSection, path: String) throws(ApusError) {
    let bytes = try section.checkedBytes()
    do {
      var graph = try ONNXReader.read(bytes)
      let text = graph.metadata.removeValue(forKey: Self.key) ?? ""
      self.graph = graph
      settings = try JSONDecoder().decode(Settings.self, from: Data(text.utf8))
    } catch let error as ONNXError {
      throw Self.damaged(path, error.description)
    } catch {
      throw Self.damaged(path, "its metadata '\(Self.key)' does not say how it was compiled")
    }
  }

  /// The section of a file.
  ///
  /// - Throws: `ApusError` where the graph has no form in ONNX.
  func section(path: String) throws(ApusError) -> (name: String, bytes: [UInt8]) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    do {
      var graph = graph
      graph.metadata[Self.key] = String(decoding: try encoder.encode(settings), as: UTF8.self)
      return (Self.sectionName, try ONNXWriter.bytes(of: graph))
    } catch {
      throw .failure(
        "'\(path)': a form for other processors cannot be kept in the plan file: \(error); leave it out"
          + " with --no-portable")
    }
  }

  /// Compiles the model for an instruction set.
  ///
  /// - Parameter original: the plan of the file, which has the same inputs and outputs.
  /// - Throws: `ApusError` naming the file.
  func plan(for isa: ISA, insteadOf original: Plan, path: String) throws(ApusError) -> Plan {
    guard let precision = Precision(rawValue: settings.precision),
      settings.inputShapes.values.allSatisfy({ $0.allSatisfy { $0 >= 0 } })
    else { throw Self.damaged(path, "its precision or sizes are none") }
    try ModelLimits.checkOperators(of: graph, path: path)
    try ModelLimits.checkSizes(of: graph, path: path, inputShapes: settings.inputShapes)
    let prepared = try Model(path: path, source: .onnx, graph: graph).preparedGraph()
    let plan: Plan
    do {
      plan = try Compiler(isa: isa, precision: precision, keepsMaps: settings.keepsMaps)
        .compile(prepared, inputShapes: settings.inputShapes.mapValues { Shape($0) }).plan
    } catch {
      throw Self.damaged(path, "\(error)")
    }
    guard plan.hostSteps.isEmpty, plan.inputs.hasSameTypes(as: original.inputs),
      plan.outputs.hasSameTypes(as: original.outputs)
    else { throw Self.damaged(path, "it is another model than the plan's") }
    return plan
  }

  private static func damaged(_ path: String, _ what: String) -> ApusError {
    .failure(
      "'\(path)': its portable model cannot be used: \(what); compile the model again with apus compile"
    )
  }
}

extension PlanSection {
  fileprivate func checkedBytes() throws(ApusError) -> [UInt8] {
    do throws(PlanFileError) {
      return try bytes()
    } catch {
      throw .failure(error.message)
    }
  }
}

extension [Plan.Binding] {
  /// Whether names, types and shapes are those of others.
  fileprivate func hasSameTypes(as others: [Plan.Binding]) -> Bool {
    elementsEqual(others) { $0.name == $1.name && $0.dtype == $1.dtype && $0.shape == $1.shape }
  }
}
