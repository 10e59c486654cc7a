internal import ApusKernels
public import ApusPlan
public import ApusTensor
import Synchronization

/// Runs a plan, again and again, on one input after another.
///
/// Memory and threads are set up once. Running compiled steps allocates nothing; steps that are computed
/// outside the plan (`Plan.hostSteps`) do. A session has an arena and threads of its own, while its constants
/// are the plan's: sessions of one plan share them, and those of a plan file lie in the file. The results of a
/// plan are the same in every run, whatever the number of threads.
///
/// A session serves one caller at a time, on the caller's thread; `AsyncSession` serves tasks.
public final class Session {
  /// The plan it runs.
  public let plan: Plan
  /// The number of threads, the caller's among them.
  public var threads: Int { pool.threads }
  /// Whether the time of each step is taken; begins anew each time it is switched on.
  public var isProfiling: Bool {
    get { profiler != nil }
    set { profiler = newValue ? Profiler(stepCount: steps.count) : nil }
  }

  /// Inputs that are held as maps.
  let inputMaps: [HeldMap?]
  /// Outputs that are held as maps.
  let outputMaps: [HeldMap?]
  private let host: any HostOperators
  private let memories: Memories
  private let pool: WorkerPool
  private let steps: [Loaded]
  private var slots: [Tensor?]
  private var profiler: Profiler?

  private enum Loaded {
    /// A job of the pool.
    case kernel(job: Int)
    case host(HostStep)
  }

  /// Loads a plan.
  ///
  /// - Parameters:
  ///   - threads: how many threads share the work of a step; at least 1.
  ///   - pinned: whether every thread but the caller's stays on one core of those that the process may use.
  ///     That steadies the times of a session that has the machine to itself; sessions that run side by side
  ///     would share the same cores.
  ///   - host: what computes the steps without a kernel.
  public init(
    _ plan: Plan, threads: Int = 1, pinned: Bool = false,
    host: any HostOperators = NoHostOperators()
  ) throws(RuntimeError) {
    guard let isa = ISA(rawValue: plan.isa), ISA.available.contains(isa) else {
      let here = ISA.available.map(\.rawValue).joined(separator: ", ")
      throw RuntimeError(
        .processor,
        "the plan is compiled for \(plan.isa), but this machine runs \(here); compile the model again"
          + " here, or read the file with PlanModel.read, which compiles anew what the file holds of it"
      )
    }
    let kernels = KernelSet(isa: isa)
    guard kernels.gemm.rows == plan.tileRows else {
      throw RuntimeError(
        .plan,
        "weights are packed for tiles of \(plan.tileRows) rows, but \(kernels.gemm.name) has"
          + " \(kernels.gemm.rows); compile the plan again")
    }
    self.plan = plan
    self.host = host
    let memories = try Memories(plan)
    self.memories = memories
    let loader = Loader(memories: memories, kernels: kernels, threads: max(1, threads))
    var kernelSteps: [LoadedStep?] = []
    for step in plan.steps {
      do throws(RuntimeError) {
        // Constants may lie in a file that is only to be read.
        if let place = step.operation.writes.first(where: { $0.memory == .constants }) {
          throw RuntimeError(.plan, "\(place) is constant, but the step writes there")
        }
        kernelSteps.append(try loader.load(step.operation))
      } catch {
        throw RuntimeError(error.code, "step '\(step.name)': \(error.message)")
      }
    }
    inputMaps = try plan.inputs.map { binding throws(RuntimeError) in try loader.held(binding) }
    outputMaps = try plan.outputs.map { binding throws(RuntimeError) in try loader.held(binding) }
    let scratch = kernelSteps.compactMap { $0?.scratch }.max() ?? 0
    // Workers' scratch memories start on cache lines of their own.
    let room = (scratch + 15) / 16 * 16
    let memory = FloatMemory(count: room * max(1, threads))
    var jobs: [WorkerJob] = []
    steps = zip(plan.steps, kernelSteps).map { step, loaded in
      if let loaded {
        let body = loaded.body
        jobs.append(
          WorkerJob(tasks: loaded.tasks) { task, worker in
            body(task, memory.region(offset: worker * room, count: room))
          })
        return .kernel(job: jobs.count - 1)
      }
      guard case .host(let call) = step.operation else {
        fatalError("a step without a kernel is a host step")
      }
      return .host(call)
    }
    slots = [Tensor?](repeating: nil, count: plan.slotCount)
    pool = WorkerPool(threads: threads, jobs: jobs, pinned: pinned)
  }

  deinit {
    pool.stop()
  }

  /// Runs the plan on tensors.
  ///
  /// - Parameter inputs: one for each of `plan.inputs`, of its type and shape.
  /// - Returns: one tensor for each of `plan.outputs`.
  public func run(inputs: [Tensor]) throws -> [Tensor] {
    guard inputs.count == plan.inputs.count else {
      throw RuntimeError(
        .input, "the plan has \(plan.inputs.count) inputs, but \(inputs.count) were given")
    }
    for (index, tensor) in inputs.enumerated() { try setInput(index, to: tensor) }
    try run()
    return try plan.outputs.indices.map { try output($0) }
  }

  /// Gives an input, as a tensor of the type and shape that the plan states.
  public func setInput(_ index: Int, to tensor: Tensor) throws(RuntimeError) {
    let binding = plan.inputs[index]
    guard tensor.dtype == binding.dtype, tensor.shape == binding.shape else {
      let expected = "\(binding.dtype?.description ?? "?") \(binding.shape?.description ?? "?")"
      throw RuntimeError(
        .input,
        "input '\(binding.name)' must be \(expected), but is \(tensor.dtype) \(tensor.shape)")
    }
    switch binding.holder {
    case .place(let place):
      let region = try memories(place)
      tensor.withElements(as: Float.self) { region.copy(from: $0.span) }
    case .map: inputMaps[index]?.write(tensor)
    case .slot(let slot): slots[slot] = tensor
    case .constant: break
    }
  }

  /// Lets `body` write an input in place; its type must be `float32` and its shape fixed.
  public func withInput<Result>(
    _ index: Int, _ body: (inout MutableSpan<Float>) throws -> Result
  ) throws -> Result {
    guard case .place(let place) = plan.inputs[index].holder else {
      throw RuntimeError(
        .input, "input '\(plan.inputs[index].name)' is no float32 tensor of fixed shape")
    }
    return try memories(place).withMutableSpan(body)
  }

  /// Lets `body` read an output in place; its type must be `float32` and its shape fixed.
  public func withOutput<Result>(
    _ index: Int, _ body: (Span<Float>) throws -> Result
  ) throws -> Result {
    guard case .place(let place) = plan.outputs[index].holder else {
      throw RuntimeError(
        .input, "output '\(plan.outputs[index].name)' is no float32 tensor of fixed shape")
    }
    return try memories(place).withSpan(body)
  }

  /// An output of the last run, as a tensor of its own.
  public func output(_ index: Int) throws(RuntimeError) -> Tensor {
    let binding = plan.outputs[index]
    switch binding.holder {
    case .place(let place): return try tensor(place, binding.shape ?? [place.count])
    case .map(let map): return Tensor(outputMaps[index]?.read() ?? [], shape: map.shape)
    case .constant(let tensor): return tensor
    case .slot(let slot):
      guard let tensor = slots[slot] else {
        throw RuntimeError(.plan, "output '\(binding.name)' was not computed")
      }
      return tensor
    }
  }

  /// Runs the plan on the inputs that were set last; those that are held as maps are set before every run.
  ///
  /// - Throws: `CancellationError` between two steps, where the task that runs it is cancelled.
  public func run() throws {
    WorkerCores.awake.add(1, ordering: .relaxed)
    defer { WorkerCores.awake.subtract(1, ordering: .relaxed) }
    profiler?.beginRun()
    for index in steps.indices {
      if Task.isCancelled { throw CancellationError() }
      switch steps[index] {
      case .kernel(let job): pool.run(job)
      case .host(let step): try run(step, name: plan.steps[index].name)
      }
      profiler?.endStep(index)
    }
    profiler?.endRun()
  }

  /// The times of every step over the runs since profiling was switched on; empty where it is off.
  public var profile: [StepTime] { profiler?.times(of: plan) ?? [] }

  private func tensor(_ place: Place, _ shape: Shape) throws(RuntimeError) -> Tensor {
    let region = try memories(place)
    return Tensor(dtype: .float32, shape: shape) { bytes in
      var target = MutableSpan(_unsafeElements: bytes.bindMemory(to: Float.self))
      region.copy(to: &target)
    }
  }

  private func run(_ step: HostStep, name: String) throws {
    var inputs: [Tensor?] = []
    for operand in step.inputs {
      switch operand {
      case .place(let place, let shape): inputs.append(try tensor(place, shape))
      case .slot(let slot): inputs.append(slots[slot])
      case .constant(let tensor): inputs.append(tensor)
      case .none: inputs.append(nil)
      }
    }
    let outputs: [Tensor]
    do {
      outputs = try host.evaluate(call: step.call, inputs: inputs)
    } catch {
      throw RuntimeError(.hostOperators, "step '\(name)' (\(step.name)): \(error)")
    }
    guard outputs.count >= step.outputs.count else {
      throw RuntimeError(
        .hostOperators,
        "step '\(name)' (\(step.name)) gave \(outputs.count) outputs of \(step.outputs.count)")
    }
    for (operand, tensor) in zip(step.outputs, outputs) {
      switch operand {
      case .place(let place, let shape):
        guard tensor.dtype == .float32, tensor.shape == shape else {
          throw RuntimeError(
            .hostOperators,
            "step '\(name)' (\(step.name)) gave \(tensor.dtype) \(tensor.shape), not float32 \(shape)"
          )
        }
        let region = try memories(place)
        tensor.withElements(as: Float.self) { region.copy(from: $0.span) }
      case .slot(let slot): slots[slot] = tensor
      case .constant, .none: break
      }
    }
  }
}
