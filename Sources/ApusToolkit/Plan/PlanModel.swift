import ApusCheckpoints
import ApusCompiler
import ApusPlan
import ApusRuntime
import ApusTensor
import Foundation

/// Plan files: models compiled for one processor and one input size.
public enum PlanModel {
  /// Whether a file begins as a plan file does.
  public static func isPlan(_ path: String) -> Bool {
    guard let file = fopen(path, "rb") else { return false }
    defer { fclose(file) }
    var start = [UInt8](repeating: 0, count: 8)
    let count = fread(&start, 1, start.count, file)
    return PlanFile.begins(start.prefix(count))
  }

  /// Compiles a model for the instruction set that `APUS_ISA` names, or the best one, and writes its plan.
  ///
  /// - Parameters:
  ///   - batch: pictures of one run; nil for the model's own, 1.
  ///   - inputSize: of pictures; nil for the model's own.
  ///   - precision: what feature maps of a float network are held as.
  ///   - takesPixels: whether the plan takes 8-bit pixels and gives its heads as their steps write them.
  /// - Throws: `ApusError` naming the file, where the model cannot be compiled, has operators without a kernel,
  ///   or the plan cannot be written.
  public static func compile(
    path: String, to target: String, batch: Int? = nil,
    inputSize: (height: Int, width: Int)? = nil, precision: Benchmark.Precision = .fp32,
    takesPixels: Bool = false
  ) throws(ApusError) -> PlanSummary {
    try FilePath.checkTarget(target, source: path)
    let model = try Model(
      path: path,
      input: .fixed(height: inputSize?.height, width: inputSize?.width, batch: batch ?? 1))
    try ModelLimits.checkOperators(of: model.graph, path: path)
    try ModelLimits.checkIsTrained(model.graph, path: path)
    var options = Benchmark.Options()
    options.batch = batch
    options.inputSize = inputSize
    let shapes = try BenchmarkInputs(of: model, options: options).shapes
    try ModelLimits.checkSizes(
      of: model.graph, path: path, inputShapes: shapes.mapValues(\.dimensions))
    let graph = try model.preparedGraph()
    let plan: Plan
    let bytes: [UInt8]
    do {
      plan = try Compiler(
        environment: ProcessInfo.processInfo.environment,
        precision: precision == .bf16 ? .bf16 : .fp32, keepsMaps: takesPixels
      )
      .compile(graph, inputShapes: shapes).plan
      if takesPixels { try plan.checkTakesPixels(path: path) }
      bytes = try PlanFile.bytes(of: plan)
    } catch let error as ApusError {
      throw error
    } catch {
      throw .failure("'\(path)': \(error)")
    }
    try AtomicFile.write(bytes, to: target)
    return PlanSummary(plan, file: target)
  }

  /// Runs a plan on tensors from a file, and keeps its outputs in a file.
  ///
  /// - Parameters:
  ///   - inputs: a safetensors file with a tensor for every input, by name.
  ///   - outputs: the safetensors file to write, a tensor for every output, by name.
  public static func run(
    path: String, inputs: String, outputs: String, threads: Int = 1
  ) throws(ApusError) -> ModelRun {
    try FilePath.checkTarget(outputs, source: path)
    try FilePath.checkTarget(outputs, source: inputs)
    let plan = try read(path)
    do {
      let file = try SafetensorsFile(path: inputs)
      let given = Dictionary(
        file.tensors.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
      let tensors = try plan.inputs.map { input throws(ApusError) in
        guard let tensor = given[input.name] else {
          throw .failure("'\(inputs)': holds no tensor '\(input.name)', which the plan needs")
        }
        return tensor
      }
      let results = try Session(plan, threads: threads).run(inputs: tensors)
      let named = zip(plan.outputs, results).map { NamedTensor(name: $0.name, tensor: $1) }
      try SafetensorsFile(named).write(path: outputs)
      return ModelRun(named, hostSteps: [])
    } catch let error as ApusError {
      throw error
    } catch {
      throw .failure("'\(path)': \(error)")
    }
  }

  static func read(_ path: String) throws(ApusError) -> Plan {
    do throws(PlanFileError) {
      return try PlanFile.read(path)
    } catch {
      throw .failure(error.message)
    }
  }
}
