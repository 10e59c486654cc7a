public import ApusPlan
public import ApusTensor

/// A session for tasks: runs on a thread of its own, so that no thread of the cooperative pool is kept.
///
/// Runs of one session follow one another; sessions run beside each other. A task that is cancelled ends its
/// run between two steps.
public actor AsyncSession {
  private let session: Session
  private let thread: SerialThread

  /// Its thread, which runs whatever is asked of the actor.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// Loads a plan; the parameters are those of `Session`.
  ///
  /// - Throws: `RuntimeError` where the plan cannot be run here, or the system has no thread left.
  public init(
    _ plan: Plan, threads: Int = 1, pinned: Bool = false,
    host: any HostOperators = NoHostOperators()
  ) throws(RuntimeError) {
    session = try Session(plan, threads: threads, pinned: pinned, host: host)
    thread = try SerialThread()
  }

  deinit { thread.stop() }

  /// Runs the plan on tensors.
  ///
  /// - Parameter inputs: one for each of the plan's inputs, of its type and shape.
  /// - Returns: one tensor for each of the plan's outputs.
  /// - Throws: `CancellationError` where the task was cancelled.
  public func run(inputs: [Tensor]) throws -> [Tensor] {
    try Task.checkCancellation()
    return try session.run(inputs: inputs)
  }
}
