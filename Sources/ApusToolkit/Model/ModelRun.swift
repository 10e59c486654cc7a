import ApusCheckpoints
import ApusCompiler
import ApusGraph
import ApusInterpreter
import ApusPasses
import ApusPlan
import ApusRuntime
import ApusTensor
import Foundation

/// Running a model on tensors from a file, and keeping its outputs in a file.
public struct ModelRun: Sendable, Encodable, CustomStringConvertible {
  /// What runs the graph.
  public enum Executor: String, Sendable, CaseIterable {
    /// The plan of the compiler, on the best kernels of the processor.
    case compiled
    /// The reference evaluation of every operator: slow, the oracle.
    case interpreter
  }

  /// An output: its name and what it is.
  public struct Output: Sendable, Encodable {
    /// The name.
    public let name: String
    /// The element type.
    public let type: String
    /// The sizes of the axes.
    public let shape: [Int]
  }

  /// The outputs, in order.
  public let outputs: [Output]
  /// Steps of the plan that no kernel runs, which are evaluated as the interpreter does.
  public let hostSteps: [String]

  /// Runs a model as it stands, without rewriting it.
  ///
  /// - Parameters:
  ///   - inputs: a safetensors file with a tensor for every input, by name.
  ///   - outputs: the safetensors file to write, a tensor for every output, by name.
  public static func run(
    _ model: Model, inputs: String, outputs: String, executor: Executor, threads: Int = 1
  ) throws(ApusError) -> ModelRun {
    do {
      let file = try SafetensorsFile(path: inputs)
      let given = Dictionary(
        file.tensors.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
      let graph = model.graph
      try FilePath.checkTarget(outputs, source: model.path)
      try FilePath.checkTarget(outputs, source: inputs)
      try ModelLimits.checkOperators(of: graph, path: model.path)
      let shapes = Dictionary(
        graph.inputs.compactMap { id in
          given[graph[id].name].map { (graph[id].name, $0.shape.dimensions) }
        }, uniquingKeysWith: { first, _ in first })
      try ModelLimits.checkSizes(of: graph, path: model.path, inputShapes: shapes)
      var hostSteps: [String] = []
      let results: [Tensor]
      switch executor {
      case .interpreter: results = try Interpreter(graph).run(given)
      case .compiled:
        let tensors = try inputTensors(of: graph, in: given, file: inputs)
        var graph = graph
        _ = try Pipeline.compile.run(on: &graph)
        let names = graph.inputs.map { graph[$0].name }
        let compiled = try Compiler(environment: ProcessInfo.processInfo.environment).compile(
          graph, inputShapes: Dictionary(uniqueKeysWithValues: zip(names, tensors.map(\.shape))))
        hostSteps = compiled.plan.hostSteps.map { "\($0.name) (\($0.operators))" }
        let session = try Session(compiled.plan, threads: threads, host: compiled.host)
        results = try session.run(inputs: tensors)
      }
      let named = zip(graph.outputs, results).map {
        NamedTensor(name: graph[$0].name, tensor: $1)
      }
      try SafetensorsFile(named).write(path: outputs)
      return ModelRun(named, hostSteps: hostSteps)
    } catch let error as ApusError {
      throw error
    } catch {
      throw .failure("'\(model.path)': \(error)")
    }
  }

  init(_ outputs: [NamedTensor], hostSteps: [String]) {
    self.outputs = outputs.map {
      Output(name: $0.name, type: $0.tensor.dtype.description, shape: $0.tensor.shape.dimensions)
    }
    self.hostSteps = hostSteps
  }

  private static func inputTensors(
    of graph: Graph, in given: [String: Tensor], file: String
  ) throws(ApusError) -> [Tensor] {
    var tensors: [Tensor] = []
    for id in graph.inputs {
      guard let tensor = given[graph[id].name] else {
        throw .failure(
          "'\(file)': holds no tensor '\(graph[id].name)', which the model needs as"
            + " \(graph[id].fact)")
      }
      tensors.append(tensor)
    }
    return tensors
  }

  /// The outputs, a line each, and the steps without a kernel.
  public var description: String {
    var lines = outputs.map { "\($0.name)  \($0.type) \($0.shape)" }
    if !hostSteps.isEmpty {
      lines.append("\(hostSteps.count) steps without a kernel, evaluated by reference:")
      lines += hostSteps.map { "  \($0)" }
    }
    return lines.joined(separator: "\n")
  }
}
