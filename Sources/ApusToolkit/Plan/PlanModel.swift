import ApusCheckpoints
import ApusCompiler
import ApusKernels
public import ApusPlan
import ApusRuntime
import ApusTensor
public import Foundation

/// Plan files: models compiled for one instruction set and one input size.
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
  ///   - isPortable: whether the file also holds the model in a form that is compiled anew where a processor lacks
  ///     the plan's instruction set.
  ///   - environment: variables by name.
  /// - Throws: `ApusError` naming the file, where the model cannot be compiled, has operators without a kernel,
  ///   or the plan cannot be written.
  public static func compile(
    path: String, to target: String, batch: Int? = nil,
    inputSize: (height: Int, width: Int)? = nil, precision: Benchmark.Precision = .fp32,
    takesPixels: Bool = false, isPortable: Bool = true,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(ApusError) -> PlanSummary {
    try FilePath.checkTarget(target, source: path)
    var model = try Model(
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
    model.graph = try model.simplifiedGraph()
    let graph = try model.preparedGraph()
    let plan: Plan
    let bytes: [UInt8]
    do {
      let compiler = try Compiler(
        environment: environment, precision: precision == .bf16 ? .bf16 : .fp32,
        keepsMaps: takesPixels)
      plan = try compiler.compile(graph, inputShapes: shapes).plan
      if takesPixels { try plan.checkTakesPixels(path: path) }
      let portable = PortableModel(model.graph, inputShapes: shapes, compiler: compiler)
      bytes = try PlanFile.bytes(
        of: plan, section: isPortable ? portable.section(path: path) : nil)
    } catch let error as ApusError {
      throw error
    } catch {
      throw .failure("'\(path)': \(error)")
    }
    try AtomicFile.write(bytes, to: target)
    return try PlanSummary(path: target)
  }

  /// Runs a plan on tensors from a file, and keeps its outputs in a file.
  ///
  /// - Parameters:
  ///   - inputs: a safetensors file with a tensor for every input, by name.
  ///   - outputs: the safetensors file to write, a tensor for every output, by name.
  ///   - note: is told what a person should know, as by `read`.
  public static func run(
    path: String, inputs: String, outputs: String, threads: Int = 1, note: (String) -> Void
  ) throws(ApusError) -> ModelRun {
    try FilePath.checkTarget(outputs, source: path)
    try FilePath.checkTarget(outputs, source: inputs)
    let plan = try read(path, note: note)
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

  /// Reads a plan for a `Session` of this machine.
  ///
  /// A plan for an instruction set that the machine lacks, or that `APUS_ISA` does not allow, is compiled anew in
  /// memory from the portable model in the file, for the best one that is allowed.
  ///
  /// - Parameters:
  ///   - environment: variables by name; only `APUS_ISA` is read.
  ///   - note: is told in a sentence where the plan was compiled anew.
  /// - Throws: `ApusError` naming the file and what is wrong with it, or that it is for another instruction set and
  ///   holds no portable model.
  public static func read(
    _ path: String, environment: [String: String] = ProcessInfo.processInfo.environment,
    note: (String) -> Void
  ) throws(ApusError) -> Plan {
    let (plan, section) = try open(path)
    let (allowed, best): ([ISA], ISA)
    do throws(ISAError) {
      allowed = try ISA.allowed(environment: environment)
      best = try ISA.selected(environment: environment)
    } catch {
      throw .failure("'\(path)': \(error)")
    }
    if allowed.contains(where: { $0.rawValue == plan.isa }) { return plan }
    let isHere = ISA.available.contains { $0.rawValue == plan.isa }
    let reason =
      "'\(path)': is compiled for \(plan.isa), which "
      + (isHere ? "\(ISA.environmentVariable)=\(best) does not allow" : "this machine lacks")
    guard let section, section.name == PortableModel.sectionName else {
      throw .failure(
        "\(reason), and holds no portable model to compile for \(best); compile the model again without"
          + " --no-portable, or with \(ISA.environmentVariable)=\(best)")
    }
    let anew = try PortableModel(section, path: path).plan(for: best, insteadOf: plan, path: path)
    note("\(reason); compiled anew for \(best) from the portable model in the file")
    return anew
  }

  static func open(_ path: String) throws(ApusError) -> (plan: Plan, section: PlanSection?) {
    do throws(PlanFileError) {
      return try PlanFile.open(path)
    } catch {
      throw .failure(error.message)
    }
  }
}
